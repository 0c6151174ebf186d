import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { WebSocket, type ClientOptions } from 'ws';
import type { DemoWords } from './words';

/** ms between two steps, so that each is seen by itself: the kernel acknowledges what it has nothing to say to after 40 ms. */
const PAUSE = 120;
/** ms that the whole talk may take. */
const PATIENCE = 8000;

/** Says hello over a WebSocket, hears it, pings, and closes. Resolves when it is closed, with what a person would print of it. */
export async function talkWebSocket(url: string, words: DemoWords, options: ClientOptions = {}): Promise<string> {
  const socket = new WebSocket(url, { perMessageDeflate: false, handshakeTimeout: PATIENCE, ...options });
  const late = setTimeout(() => {
    socket.terminate();
  }, PATIENCE);
  const lines: string[] = [];
  try {
    const closed = once(socket, 'close') as Promise<[number, Buffer]>;
    await once(socket, 'open');
    lines.push('open');
    for (const text of words.lines.slice(0, 1)) {
      await pause(PAUSE);
      socket.send(text);
      const [heard] = (await once(socket, 'message')) as [Buffer];
      lines.push(heard.toString());
    }
    await pause(PAUSE);
    socket.ping();
    await once(socket, 'pong');
    lines.push('pong');
    await pause(PAUSE);
    socket.close(1000, words.enough);
    // The server is the first to close TCP (RFC 6455 §7.1.1). ws does not wait for it, and the two FINs would cross.
    socket.pause();
    await pause(PAUSE);
    socket.resume();
    const [code, reason] = await closed;
    lines.push(`close ${code} ${reason.toString()}`);
  } finally {
    clearTimeout(late);
  }
  return `${lines.join('\n')}\n`;
}
