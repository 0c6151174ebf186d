import { execFileSync, spawn } from 'node:child_process';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { TapLink } from '../../src/link/tap';
import { TunLink } from '../../src/link/tun';

const OUR_MAC = '02:00:00:00:00:02';
const HOST = '10.9.0.1/24';
/** How the payload of a datagram begins. */
const [FIRST, LATER] = ['first', 'later'];

function sh(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' });
}

/** How the kernel's end was made before we come, and which device has its address. */
const MADE = {
  TAP: { make: 'ip tuntap add it0 mode tap', holder: 'it0' },
  TUN: { make: 'ip tuntap add it0 mode tun', holder: 'it0' },
  'several queues': { make: 'ip tuntap add it0 mode tap multi_queue', holder: 'it0' },
  bridge: {
    make: 'ip tuntap add it0 mode tap; ip link add br0 type bridge; ip link set it0 master br0; ip link set br0 up',
    holder: 'br0',
  },
} as const;

export type Made = keyof typeof MADE;

async function connected(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.connect(9, '10.9.0.2');
  await once(socket, 'connect');
  return socket;
}

/** The first of these datagrams that comes out of the kernel. Those that are sent come in order. */
function firstOf(link: TapLink | TunLink): Promise<string> {
  const payload = (link.medium === 'ip' ? 0 : 14) + 28;
  return new Promise((resolve) => {
    link.onReceive = (batch) => {
      for (const packet of batch) {
        const text = Buffer.from(packet.subarray(payload, payload + FIRST.length)).toString();
        if (text === FIRST || text === LATER) resolve(text);
      }
    };
  });
}

/** The kernel sends in the very moment in which the link is open, and goes on. Did its first packet come? */
async function isFirstThere(made: Made): Promise<boolean> {
  const { make, holder } = MADE[made];
  sh(`${make}; ip address add ${HOST} dev ${holder}; ip link set it0 up`);
  if (made !== 'TUN') sh(`ip neigh replace 10.9.0.2 lladdr ${OUR_MAC} dev ${holder}`);
  const socket = await connected();
  const link = made === 'TUN' ? TunLink.open('it0') : TapLink.open('it0', { queue: made === 'several queues' });
  socket.send(FIRST);
  const first = firstOf(link);
  const later = setInterval(() => {
    socket.send(LATER);
  }, 20);
  const came = await first;
  clearInterval(later);
  socket.close();
  await link.close();
  sh('ip link delete it0; ip link delete br0 2>/dev/null || true');
  return came === FIRST;
}

/** How many first packets came, of so many openings of each kind, beside some programs that do nothing but keep a processor busy. */
export async function firstPackets(kinds: readonly Made[], openings: number, load: number) {
  // They end by themselves, too, should this process be killed.
  const others = Array.from({ length: load }, () =>
    spawn('timeout', ['10', 'sh', '-c', 'while :; do :; done'], { stdio: 'ignore' }),
  );
  const came: Partial<Record<Made, number>> = {};
  for (const made of kinds) {
    let count = 0;
    for (let opening = 0; opening < openings; opening++) if (await isFirstThere(made)) count++;
    came[made] = count;
  }
  for (const each of others) each.kill();
  return came;
}

/** Of an interface that another program has let go so long ago: what the kernel does about that, it does some time within a second. */
export async function firstAfterAnother(milliseconds: readonly number[]): Promise<readonly boolean[]> {
  const there = [];
  sh(`ip tuntap add it0 mode tap; ip address add ${HOST} dev it0; ip link set it0 up`);
  sh(`ip neigh replace 10.9.0.2 lladdr ${OUR_MAC} dev it0`);
  const socket = await connected();
  for (const each of milliseconds) {
    await TapLink.open('it0').close();
    await delay(each);
    const link = TapLink.open('it0');
    socket.send(FIRST);
    const first = firstOf(link);
    const later = setInterval(() => {
      socket.send(LATER);
    }, 20);
    there.push((await first) === FIRST);
    clearInterval(later);
    await link.close();
  }
  socket.close();
  return there;
}
