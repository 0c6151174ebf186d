import { chmodSync, lstatSync, mkdirSync, readdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { threadId } from 'node:worker_threads';

/** A Unix socket's path has at most so many bytes on Linux (sun_path, with its end). */
const LONGEST_PATH = 107;

/** Where a stack tells of itself, and where it can be captured. */
export type SocketKind = 'sock' | 'pcap';

const SOCKET_NAMES: Readonly<Record<SocketKind, RegExp>> = {
  sock: /^\d+(?:-\d+)*\.sock$/,
  pcap: /^\d+(?:-\d+)*\.pcap$/,
};

/**
 * Where the sockets of this user's processes are: `$XDG_RUNTIME_DIR/synack`, for root `/run/synack`, otherwise `/tmp/synack-UID`.
 */
export function runDirectory(env: NodeJS.ProcessEnv = process.env, uid = process.getuid?.() ?? 0): string {
  const given = env['XDG_RUNTIME_DIR'];
  if (given?.startsWith('/') === true) return join(given, 'synack');
  return uid === 0 ? '/run/synack' : `/tmp/synack-${uid}`;
}

/**
 * Makes the directory, for its owner alone.
 * @returns why it cannot be used; `undefined` when it can
 */
export function makeRunDirectory(directory: string): string | undefined {
  try {
    mkdirSync(directory, { mode: 0o700, recursive: true });
    const reason = whyNotOurs(directory);
    if (reason !== undefined) return reason;
    // The mask of the process may have taken nothing away that others should not have.
    chmodSync(directory, 0o700);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Why nothing in it is believed: in a directory that everybody may write to, somebody else may have made it, or a link to elsewhere. */
export function whyNotOurs(directory: string): string | undefined {
  const stat = lstatSync(directory);
  if (!stat.isDirectory()) return `${directory} is no directory`;
  const uid = process.getuid?.();
  if (uid !== undefined && stat.uid !== uid) return `${directory} belongs to another user`;
  return undefined;
}

/** The sockets that are there, whoever listens at them. Of a directory that is not ours nothing is believed. */
export function socketsIn(directory: string, kind: SocketKind = 'sock'): string[] {
  try {
    if (whyNotOurs(directory) !== undefined) return [];
    return readdirSync(directory)
      .filter((name) => SOCKET_NAMES[kind].test(name))
      .sort((one, other) => Number.parseInt(one, 10) - Number.parseInt(other, 10))
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/**
 * A socket for the stack number `nth` of this thread: `PID.sock`, others `PID-THREAD-NTH.sock`.
 * @returns `undefined` when the path would be too long for the kernel
 */
export function socketPath(directory: string, nth: number, kind: SocketKind = 'sock'): string | undefined {
  const path = join(directory, `${process.pid}${threadId + nth === 0 ? '' : `-${threadId}-${nth}`}.${kind}`);
  return Buffer.byteLength(path) <= LONGEST_PATH ? path : undefined;
}

/** Where the inspector of the stack is whose status socket this is: `PID.inspect`. */
export function inspectorPath(statusPath: string): string {
  return statusPath.replace(/\.sock$/, '.inspect');
}

/** Takes away what a stack has left that is gone: its socket at `path`, and those beside it. */
export function clearDead(path: string): void {
  for (const kind of ['sock', 'pcap', 'inspect']) clear(path.replace(/\.[a-z]+$/, `.${kind}`));
}

/** Takes away a socket at which nobody listens any more. */
export function clear(path: string): void {
  try {
    if (lstatSync(path).isSocket()) unlinkSync(path);
  } catch {
    // Somebody else was quicker.
  }
}
