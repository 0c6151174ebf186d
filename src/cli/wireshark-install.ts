import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { Failure } from './failure';
import { BIN } from './lab';

/** The package's folder of what Wireshark is given. */
const SHARE = join(dirname(BIN), '..', 'wireshark');
export const PROFILE = 'synack';
const EXTCAP = 'synack-extcap';
/** At the end of the name of a file that was changed. */
const KEPT = '.before';

/** Where Wireshark looks for what is a person's own. */
interface Folders {
  readonly profiles: string;
  readonly extcap: string;
  /** Where other versions of Wireshark look for extcaps, and something of ours may be from before. */
  readonly otherExtcaps: readonly string[];
}

/** From this version on a person's extcaps are among the person's libraries. */
const EXTCAPS_MOVED = 4.02;

/**
 * As this machine's Wireshark says it: tshark does, where it is installed. Before 4.2 a person's extcaps were in the folder of the
 * configuration, and not told.
 * @param env of which `HOME`, `XDG_CONFIG_HOME`, `WIRESHARK_CONFIG_DIR` and `WIRESHARK_EXTCAP_DIR` count
 */
export function wiresharkFolders(env: NodeJS.ProcessEnv = process.env): Folders {
  const text = outputOf('tshark', ['-G', 'folders'], env);
  const told = (name: string): string | undefined => new RegExp(`^${name}:\\s*(/.*)$`, 'im').exec(text)?.[1];
  const home = env['HOME'] ?? homedir();
  const xdg = env['XDG_CONFIG_HOME'] ?? join(home, '.config');
  const config = told('Personal configuration') ?? env['WIRESHARK_CONFIG_DIR'] ?? join(xdg, 'wireshark');
  const old = env['WIRESHARK_EXTCAP_DIR'] ?? join(config, 'extcap');
  const inLibraries = join(home, '.local', 'lib', 'wireshark', 'extcap');
  // Wireshark comes without tshark, too.
  const isNew = text === '' && versionIn(outputOf('wireshark', ['--version'], env)) >= EXTCAPS_MOVED;
  const extcap = told('Personal Extcap path') ?? (isNew ? inLibraries : old);
  return {
    profiles: join(config, 'profiles'),
    extcap,
    otherExtcaps: [join(config, 'extcap'), inLibraries].filter((each) => each !== extcap),
  };
}

function outputOf(program: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const { error, stdout } = spawnSync(program, args, { encoding: 'utf8', env, timeout: 20_000 });
  return error === undefined ? stdout : '';
}

/** `Wireshark 4.2.2 …` as 4.02; 0: none. */
function versionIn(text: string): number {
  const [, major, minor] = /^Wireshark (\d+)\.(\d+)/.exec(text) ?? [];
  return Number(major ?? 0) + Number(minor ?? 0) / 100;
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
    const kept = copyProfile(profile);
    mkdirSync(extcap, { recursive: true });
    writeFileSync(script, wrapper(), { mode: 0o755 });
    return [
      `profile: ${profile} (choose it at the bottom right of Wireshark's window, or: wireshark -C ${PROFILE})`,
      `interfaces: ${script} (the links of running synacks stand in Wireshark's list)`,
      ...kept.map((name) => `your own ${name} is kept beside ours: ${name}${KEPT}`),
      'synack wireshark --uninstall takes both away',
    ];
  });
}

/**
 * Our profile in the place of the one that is there. What Wireshark has noted of its windows stays.
 * @returns the files that were changed since, and are kept
 */
function copyProfile(profile: string): string[] {
  const kept: string[] = [];
  mkdirSync(profile, { recursive: true });
  for (const name of readdirSync(join(SHARE, 'profile'))) {
    const [ours, theirs] = [join(SHARE, 'profile', name), join(profile, name)];
    if (existsSync(theirs)) {
      if (name === 'recent' || readFileSync(theirs).equals(readFileSync(ours))) continue;
      renameSync(theirs, `${theirs}${KEPT}`);
      kept.push(name);
    }
    copyFileSync(ours, theirs);
  }
  return kept;
}

/** Takes it away. */
export function uninstall(): string[] {
  const { profiles, extcap, otherExtcaps } = wiresharkFolders();
  const done: string[] = [];
  return trying('uninstall', () => {
    for (const path of [join(profiles, PROFILE), ...[extcap, ...otherExtcaps].map((each) => join(each, EXTCAP))]) {
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
