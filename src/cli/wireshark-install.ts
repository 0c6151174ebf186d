import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, rmdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from './failure';
import { BIN } from './lab';

/** The package's folder of what Wireshark is given. */
const SHARE = join(dirname(BIN), '..', 'wireshark');
export const PROFILE = 'synack';
const EXTCAP = 'synack-extcap';

/** Where Wireshark looks for what is a person's own. */
interface Folders {
  readonly profiles: string;
  readonly extcap: string;
}

/**
 * As this machine's Wireshark says it. Before 4.2 a person's extcaps were in the folder of the configuration, and not told.
 * @param env of which `WIRESHARK_CONFIG_DIR` and `WIRESHARK_EXTCAP_DIR` count
 */
function wiresharkFolders(env: NodeJS.ProcessEnv = process.env): Folders {
  const { error, stdout } = spawnSync('tshark', ['-G', 'folders'], { encoding: 'utf8', env, timeout: 20_000 });
  const text = error === undefined ? stdout : '';
  const told = (name: string): string | undefined => new RegExp(`^${name}:\\s*(/.*)$`, 'im').exec(text)?.[1];
  const home = env['XDG_CONFIG_HOME'] ?? join(env['HOME'] ?? homedir(), '.config');
  const config = told('Personal configuration') ?? env['WIRESHARK_CONFIG_DIR'] ?? join(home, 'wireshark');
  const extcap = told('Personal Extcap path') ?? env['WIRESHARK_EXTCAP_DIR'] ?? join(config, 'extcap');
  return { profiles: join(config, 'profiles'), extcap };
}

export function isProfileInstalled(): boolean {
  return existsSync(join(wiresharkFolders().profiles, PROFILE));
}

/**
 * Gives Wireshark our profile, and our links among its interfaces.
 * @returns what was done, in lines
 */
export function install(): string[] {
  const { profiles, extcap } = wiresharkFolders();
  const profile = join(profiles, PROFILE);
  const script = join(extcap, EXTCAP);
  return trying('install', () => {
    mkdirSync(profiles, { recursive: true });
    cpSync(join(SHARE, 'profile'), profile, { recursive: true });
    mkdirSync(extcap, { recursive: true });
    writeFileSync(script, wrapper(), { mode: 0o755 });
    return [
      `profile: ${profile} (choose it at the bottom right of Wireshark's window, or: wireshark -C ${PROFILE})`,
      `interfaces: ${script} (the links of running synacks stand in Wireshark's list)`,
      'synack wireshark --uninstall takes both away',
    ];
  });
}

/** Takes it away. */
export function uninstall(): string[] {
  const { profiles, extcap } = wiresharkFolders();
  const done: string[] = [];
  return trying('uninstall', () => {
    for (const path of [join(profiles, PROFILE), join(extcap, EXTCAP)]) {
      if (!existsSync(path)) continue;
      rmSync(path, { recursive: true });
      done.push(`removed ${path}`);
      removeIfEmpty(dirname(path));
    }
    return done.length > 0 ? done : ['nothing of ours was there'];
  });
}

/** Runs us with the Node that runs now, wherever Wireshark is started from. */
function wrapper(): string {
  const quoted = [process.execPath, ...process.argv.slice(1, 2)].map((path) => `'${path.replaceAll("'", `'\\''`)}'`);
  return `#!/bin/sh\n# Written by: synack wireshark --install\nexec ${quoted.join(' ')} extcap "$@"\n`;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else is in it.
  }
}

function trying(what: string, work: () => string[]): string[] {
  try {
    return work();
  } catch (error) {
    throw new Failure(`cannot ${what}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
