import type { Socket } from 'node:net';
import { SystemClock } from '../../clock/system-clock';
import { Inspector } from '../../inspector/inspector';
import { impair } from '../../link/impair';
import { memoryPair } from '../../link/memory';
import { Stack } from '../../node/stack';
import { say, untilSignal } from '../host';
import { echo } from '../services';
import { openBrowser, type ViewOptions } from './view';

/** Between two conversations, and between two lines of one, ms. */
const PAUSE = 4000;
const BETWEEN = 800;
const LINES = ['hello\n', 'how are you?\n', 'good bye\n'];

/** Two synacks on a cable of memory: no root, no device. Until Ctrl-C. */
export async function memoryPlayground({ port, open }: ViewOptions): Promise<number> {
  const signal = untilSignal();
  const clock = new SystemClock();
  const [near, far] = memoryPair({ clock, medium: 'ethernet' });
  const link = impair(near, { clock, seed: 1, passThrough: true });
  const server = new Stack({ clock });
  const client = new Stack({ clock });
  server.attach(link, { address: '10.9.0.2/24' });
  client.attach(far, { address: '10.9.0.1/24' });
  const listener = server.net.createServer({ allowHalfOpen: true }, (socket) => {
    // A client that is gone is nothing to tell here.
    echo.serve(socket).catch(() => undefined);
  });
  listener.listen(7);
  const inspector = new Inspector(server, { program: 'the playground', links: [link] });
  const url = await inspector.listen(port);
  say(`see it: ${url} (Ctrl-C ends it)`);
  if (open === true) openBrowser(url);
  talk(client.net.connect(7, '10.9.0.2'));
  const timer = setInterval(
    () => {
      talk(client.net.connect(7, '10.9.0.2'));
    },
    PAUSE + LINES.length * BETWEEN,
  );
  const code = await signal;
  clearInterval(timer);
  inspector.close();
  await Promise.all([server.close(), client.close()]);
  return code === 130 ? 0 : code;
}

function talk(socket: Socket): void {
  socket.on('error', () => undefined).resume();
  for (const [index, line] of LINES.entries()) {
    const isLast = index === LINES.length - 1;
    setTimeout(() => (isLast ? socket.end(line) : socket.write(line)), (index + 1) * BETWEEN);
  }
}
