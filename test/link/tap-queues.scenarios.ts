import { execFileSync } from 'node:child_process';
import { LinkError } from '../../src/link/errors';
import { TapLink, type TapOptions } from '../../src/link/tap';

const UDP_SOURCE = 34;

function sh(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' });
}

function failure(open: () => TapLink) {
  try {
    void open().close();
    return 'opened';
  } catch (error) {
    return error instanceof LinkError ? { code: error.code, message: error.message } : String(error);
  }
}

/** Each of 40 UDP flows sends three datagrams; the source ports that came out of each queue, in order. */
export async function flowsByQueue() {
  const links = [0, 1].map(() => TapLink.open('tap0', { host: '10.9.0.1/24', queue: true }));
  const ports = links.map((): number[] => []);
  let received = 0;
  const all = new Promise<void>((resolve) => {
    for (const [index, link] of links.entries()) {
      link.onReceive = (batch) => {
        for (const frame of batch) {
          if (frame[12] !== 8 || frame[13] !== 0) continue;
          ports[index]?.push(((frame[UDP_SOURCE] ?? 0) << 8) | (frame[UDP_SOURCE + 1] ?? 0));
          if (++received === 120) resolve();
        }
      };
    }
  });
  sh(`ip neigh replace 10.9.0.2 lladdr 02:00:00:00:00:02 dev tap0
      for ((i = 0; i < 40; i++)); do exec 3>/dev/udp/10.9.0.2/9; echo 1 >&3; echo 2 >&3; echo 3 >&3; exec 3>&-; done`);
  await all;
  await Promise.all(links.map((link) => link.close()));
  return ports;
}

/** What a second opening of `tap0` says, when the first was one of several queues or the only one. */
export function openBeside(first: TapOptions, second: TapOptions) {
  const link = TapLink.open('tap0', first);
  const result = failure(() => TapLink.open('tap0', second));
  void link.close();
  return result;
}

/** How many queues of one interface can be open, and what the next one says. */
export function openTooMany() {
  const links: TapLink[] = [];
  for (;;) {
    const result = failure(() => {
      const link = TapLink.open('tap0', { queue: true });
      links.push(link);
      return TapLink.open('tap1', { queue: true });
    });
    if (result === 'opened') continue;
    for (const link of links) void link.close();
    return { count: links.length, result };
  }
}
