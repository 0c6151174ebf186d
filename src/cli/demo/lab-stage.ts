import { execFile, spawn, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { loadAddon } from '../../link/device-addon';
import { Failure } from '../failure';
import { openHost } from '../host';
import { synackCommand } from '../lab';
import type { HostOptions } from '../options';
import { Dialogue, WEBSOCKET_CLIENT, type Client, type Stage } from './stage';
import type { DemoWords } from './words';

/** ms that a program may take. */
const PATIENCE = 15_000;

/** What a lab lacks here, each in words; nothing when the demo can play in one. */
export function lacksForLab(words: DemoWords): string[] {
  if (process.platform !== 'linux') return [words.notLinux];
  const lacks: string[] = [];
  if (process.getuid?.() !== 0) lacks.push(words.notRoot);
  if (!existsSync('/dev/net/tun')) lacks.push(words.noTun);
  for (const program of ['bash', 'ip', 'nc']) if (!isInstalled(program)) lacks.push(words.noProgram(program));
  try {
    loadAddon();
  } catch (error) {
    lacks.push(error instanceof Error ? error.message : String(error));
  }
  return lacks;
}

export function isInstalled(program: string): boolean {
  const path = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  return spawnSync('sh', ['-c', 'command -v "$0"', program], { env: { PATH: path } }).status === 0;
}

/** Inside a lab: the kernel's programs call a synack on the TAP device. */
export async function openLabStage(options: HostOptions): Promise<Stage> {
  let current = 'nc';
  const names = new Map<number, string>();
  const nameOf = (_address: string, port: number): string => {
    const name = names.get(port) ?? current;
    names.set(port, name);
    return name;
  };
  const host = await openHost(options, { screen: process.stdout, names: { remote: nameOf } });
  const client = (name: string, args: readonly string[]): Client => ({
    name,
    command: (port) => [name, ...args, host.address, port].join(' '),
    call: (port, lines) => {
      current = name;
      return run(name, [...args, host.address, String(port)], lines);
    },
  });
  return {
    host,
    nameOf,
    clients: [client('nc', ['-N']), ...(isInstalled('ncat') ? [client('ncat', [])] : [])],
    otherSide: () =>
      new Promise((resolve) => {
        const args = ['-tan', 'src', process.env['SYNACK_HOST'] ?? '10.9.0.1'];
        execFile('ss', args, { timeout: PATIENCE }, (error, stdout) => {
          resolve(
            error === null
              ? { command: 'ss -tan', answer: stdout.replace('PortProcess', 'Port').trimEnd() }
              : undefined,
          );
        });
      }),
    talkWebSocket: (url, lang) => {
      current = WEBSOCKET_CLIENT;
      const [program = '', ...args] = synackCommand(['demo', 'websocket', '--lang', lang, '--call', url]);
      return new Promise((resolve, reject) => {
        execFile(program, args, { timeout: PATIENCE }, (error, stdout, stderr) => {
          if (error === null) resolve(stdout);
          else reject(new Failure(`the WebSocket client failed: ${stderr.trim() || error.message}`));
        });
      });
    },
    close: () => host.close(),
  };
}

function run(program: string, args: readonly string[], lines: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'], timeout: PATIENCE });
  const { stdin, stdout } = child;
  const dialogue = new Dialogue(
    {
      write: (text) => void stdin.write(text),
      end: () => stdin.end(),
    },
    lines,
  );
  return new Promise((resolve, reject) => {
    child.on('error', (error) => {
      reject(new Failure(`cannot run ${program}: ${error.message}`));
    });
    child.on('close', (code, signal) => {
      if (code === 0) resolve(dialogue.received);
      else reject(new Failure(`${program} ${args.join(' ')} failed (${signal ?? `exit code ${code ?? '?'}`})`));
    });
    // The program may be gone before we have said everything.
    stdin.on('error', () => undefined);
    stdout.setEncoding('utf8').on('data', (text: string) => {
      dialogue.hear(text);
    });
    // Without lines it only listens; its input ends when it has heard.
    if (lines.length === 0) stdout.on('end', () => stdin.end()).once('data', () => stdin.end());
    dialogue.hear('');
  });
}
