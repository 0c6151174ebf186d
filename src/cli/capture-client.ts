import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { CaptureLinks, CaptureRequest } from '../control/capture-offer';
import { clearDead, runDirectory, socketsIn } from '../control/directory';
import { codeOf } from './failure';

/** ms until a process that does not answer is left out. */
const PATIENCE = 2000;
const MOST_BYTES = 64 * 1024;

/** A running synack whose links can be captured. */
export interface Capturable extends CaptureLinks {
  readonly path: string;
}

/** Those of this user, in the order of their process ids. Sockets of processes that are gone are cleared. */
export async function capturables(directory = runDirectory()): Promise<Capturable[]> {
  const answers = await Promise.all(socketsIn(directory, 'pcap').map(ask));
  return answers.filter((each) => each !== undefined);
}

/**
 * Begins a capture.
 * @returns a socket from which the blocks of a pcapng file come
 * @throws Error of the system when nobody is there any more
 */
export async function takeCapture(
  path: string,
  request: Omit<Extract<CaptureRequest, { ask: 'capture' }>, 'ask'>,
): Promise<Socket> {
  const socket = connect(path);
  await once(socket, 'connect');
  socket.write(`${JSON.stringify({ ask: 'capture', ...request } satisfies CaptureRequest)}\n`);
  return socket;
}

async function ask(path: string): Promise<Capturable | undefined> {
  const socket = connect(path);
  socket.setTimeout(PATIENCE, () => socket.destroy());
  try {
    socket.write(`${JSON.stringify({ ask: 'links' } satisfies CaptureRequest)}\n`);
    let text = '';
    for await (const chunk of socket) {
      text += String(chunk);
      if (text.length > MOST_BYTES) return undefined;
    }
    const answer: unknown = JSON.parse(text);
    return isAnswer(answer) ? { ...answer, path } : undefined;
  } catch (error) {
    if (codeOf(error) === 'ECONNREFUSED') clearDead(path);
    return undefined;
  } finally {
    socket.destroy();
  }
}

function isAnswer(answer: unknown): answer is CaptureLinks {
  if (typeof answer !== 'object' || answer === null) return false;
  const { pid, program, links } = answer as Record<string, unknown>;
  return typeof pid === 'number' && typeof program === 'string' && Array.isArray(links) && links.every(isText);
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}
