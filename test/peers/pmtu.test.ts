import { expect } from 'expect';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readlinkSync } from 'node:fs';
import type { Link } from '../../src/link/link';
import type { Connection } from '../../src/tcp/user';
import { ETHERNET_HEADER } from '../../src/wire/ethernet';
import { PROTOCOL } from '../../src/wire/ipv4';
import { FilteredLink } from '../support/filtered-link';
import { sha256 } from '../support/lab-bytes';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import type { Program } from '../support/lab-program';
import { until } from '../support/lab-until';

/** Where the far program listens, behind the lab's kernel, which is the router. */
const FAR = '10.8.0.2';
const MTU = 1280;

labSuite(__filename, 'a router with a smaller link behind it', ['ip', 'nc', 'ss', 'unshare', 'nsenter'], (test) => {
  test('its ICMP is believed: 5 MB arrive, in packets of its size', async (lab) => {
    const bytes = randomBytes(5_000_000);
    const far = await farHost(lab);
    const server = await far.listen();
    const connection = await send(lab, bytes, server.ended);
    expect(await server.ended).toBe(0);
    expect(sha256(server.output)).toBe(sha256(bytes));
    expect(connection.status()).toMatchObject({ pmtu: MTU, mss: { send: MTU - 52 } });
  });

  test('a router that says nothing: the black hole is found out, and 1 MB arrives', async (lab) => {
    const bytes = randomBytes(1_000_000);
    const far = await farHost(lab);
    const server = await far.listen();
    const connection = await send(lab, bytes, server.ended, 'black-hole');
    expect(await server.ended).toBe(0);
    expect(sha256(server.output)).toBe(sha256(bytes));
    const { pmtu, mtuProbing } = connection.status();
    expect(mtuProbing.blackHoles).toBe(1);
    expect(pmtu).toBeGreaterThan(MTU - 8);
    expect(pmtu).toBeLessThanOrEqual(MTU);
  });

  test('always probing needs neither ICMP nor a time-out', async (lab) => {
    const bytes = randomBytes(5_000_000);
    const far = await farHost(lab);
    const server = await far.listen();
    const connection = await send(lab, bytes, server.ended, 'always');
    expect(await server.ended).toBe(0);
    expect(sha256(server.output)).toBe(sha256(bytes));
    expect(connection.status()).toMatchObject({ mtuProbing: { blackHoles: 0 } });
    expect(connection.status().pmtu).toBeGreaterThan(MTU - 8);
  });
});

/** Sends everything to the far program, and closes. */
async function send(
  lab: Lab,
  bytes: Uint8Array,
  ended: Promise<unknown>,
  mtuProbing: 'off' | 'black-hole' | 'always' = 'off',
): Promise<Connection> {
  // Who probes is not to hear of it by ICMP.
  const deaf = (tap: Link): Link =>
    new FilteredLink(tap, { in: (frame) => frame[ETHERNET_HEADER + 9] !== PROTOCOL.ICMP });
  const stack = lab.attach({ tcp: { mtuProbing }, ...(mtuProbing === 'off' ? {} : { through: deaf }) });
  const on = stack.ip.interfaces.find(({ loopback }) => !loopback);
  if (on === undefined) throw new Error('the stack has no interface');
  stack.ip.addRoute({ prefix: '10.8.0.0/24', gateway: lab.kernel, interface: on });
  const connection = stack.tcp.open({ remote: { address: FAR, port: 4000 } });
  let rest = bytes;
  const advance = (): void => {
    while (rest.length > 0) {
      const taken = connection.send(rest);
      if (typeof taken === 'string') return;
      rest = rest.subarray(taken);
      if (rest.length === 0) connection.close();
    }
  };
  connection.on('connect', advance).on('writable', advance);
  await ended;
  return connection;
}

interface FarHost {
  /** The program listens, and keeps what comes. */
  listen(): Promise<Program>;
}

/** A namespace behind the lab's kernel, joined to it by a link with an MTU of 1280. */
async function farHost(lab: Lab): Promise<FarHost> {
  const ip = (...args: string[]): void => {
    execFileSync('ip', args);
  };
  const holder = lab.start('unshare', '--net', 'sleep', '60');
  const { pid } = holder;
  await until(
    () => 'a network namespace of its own',
    () => inode(pid) !== inode('self'),
  );
  const inside = (...command: string[]): string[] => [`--net=/proc/${pid}/ns/net`, ...command];
  ip(
    'link',
    'add',
    'near0',
    'mtu',
    `${MTU}`,
    'type',
    'veth',
    'peer',
    'name',
    'far0',
    'mtu',
    `${MTU}`,
    'netns',
    `${pid}`,
  );
  lab.atEnd(() => {
    ip('link', 'delete', 'near0');
  });
  ip('address', 'add', '10.8.0.1/24', 'dev', 'near0');
  ip('link', 'set', 'near0', 'up');
  const there = (...args: string[]): void => {
    execFileSync('nsenter', inside('ip', ...args));
  };
  there('address', 'add', `${FAR}/24`, 'dev', 'far0');
  there('link', 'set', 'far0', 'up');
  there('route', 'add', 'default', 'via', '10.8.0.1');
  // The far kernel's MSS would keep our segments small by itself.
  there('route', 'change', '10.8.0.0/24', 'dev', 'far0', 'advmss', '1460');
  there('route', 'change', 'default', 'via', '10.8.0.1', 'advmss', '1460');
  lab.sysctl('ip_forward', '1');
  return {
    listen: async () => {
      const server = lab.start('nsenter', ...inside('nc', '-N', '-l', FAR, '4000'));
      const listening = (): string =>
        execFileSync('nsenter', inside('ss', '-Hltn', 'sport = :4000'), { encoding: 'utf8' });
      await until(() => 'nc to listen', listening);
      return server;
    },
  };
}

/** Which network namespace a process is in. */
function inode(process: number | 'self'): string {
  return readlinkSync(`/proc/${process}/ns/net`);
}
