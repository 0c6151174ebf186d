import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '../../src';
import { IP_DEFAULTS } from '../../src/ip/host';
import type { Lab } from '../support/lab';
import { sha256, untilEnd } from '../support/lab-bytes';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';
import { Floods } from './hostile-floods';
import { mutate, SENDER, writeFrames } from './hostile-frames';

const PORT = 7;

labSuite(
  __filename,
  'floods of what no honest station sends',
  ['python3', 'hping3', 'ping', 'scapy'],
  (test) => {
    test('a list by hand, and 20,000 of it with octets changed', async (lab) => {
      const { stack, hostile } = await victim(lab);
      const list = Object.values(hostile.list());
      const frames = Array.from({ length: 20_000 }, (_, at) => list[at % list.length] ?? new Uint8Array(14));
      const changed = frames.map((frame, at) => (at % 4 === 0 ? frame : mutate(frame)));
      await during(lab, stack, () => flood(lab, [...list, ...changed]));
      // Each layer has refused something.
      const drops = new Set(Object.keys(stack.counters).map((name) => name.split('.')[0]));
      for (const layer of ['ethernet', 'arp', 'ip', 'icmp', 'ndp', 'udp', 'tcp']) expect(drops).toContain(layer);
      bounded(stack);
    });

    test('one of each: every one is refused with its reason, or answered, and nothing throws', async (lab) => {
      const { stack, hostile } = await victim(lab);
      const list = hostile.list();
      let before = 0;
      stack.observe((event) => {
        if (event.type === 'drop') before += 1;
      });
      await flood(lab, Object.values(list));
      await until(
        () => `drops: ${before}`,
        () => before > Object.keys(list).length / 2,
      );
      await echoes(lab, lab.kernel);
    });

    test('neighbours without number, over ARP and NDP', async (lab) => {
      const { stack, hostile } = await victim(lab);
      const kinds = [() => hostile.solicitation(), () => hostile.advertisement(), () => hostile.arpRequest()];
      const frames = Array.from({ length: 30_000 }, (_, at) => (kinds[at % 3] ?? hostile.arpRequest)());
      await during(lab, stack, () => flood(lab, frames));
      bounded(stack);
    });

    test('routers without number, for a host that asks for some', async (lab) => {
      const { stack, hostile } = await victim(lab, true);
      const frames = Array.from({ length: 5000 }, () => hostile.router());
      await during(lab, stack, () => flood(lab, frames));
      bounded(stack);
      expect(stack.ip.routes.length).toBeLessThan(3 * IP_DEFAULTS.routers);
      expect(stack.counters['ndp.routers-full']).toBeGreaterThan(0);
    });

    test('fragments whose others never come', async (lab) => {
      const { stack, hostile } = await victim(lab);
      const frames = Array.from({ length: 30_000 }, () => hostile.fragment());
      await during(lab, stack, async () => {
        await flood(lab, frames);
        // Who sends whole packets in fragments is not pushed out by those who do not.
        const ping = lab.start('ping', '-c', '3', '-i', '0.1', '-s', '8000', lab.address);
        expect(await ping.ended).toBe(0);
      });
      bounded(stack);
    });

    test('what hping3 makes up: ICMP, UDP, fragments, strange options, from everywhere', async (lab) => {
      const { stack } = await victim(lab);
      const run = (...args: string[]) =>
        lab.start('hping3', '-q', '-i', 'u50', '-c', '4000', ...args, '--rand-source', lab.address);
      await during(lab, stack, async () => {
        const kinds = [
          ['--icmp'],
          ['--udp', '-p', '9'],
          ['--udp', '-f', '-d', '100'],
          ['--icmp', '-C', '13'],
          ['--rawip', '-H', '99'],
        ];
        for (const kind of kinds) {
          const each = run(...kind);
          await each.ended;
        }
      });
      bounded(stack);
    });

    test('what scapy makes up: all fields at random, IPv4 and IPv6', async (lab) => {
      const { stack } = await victim(lab);
      const script = `
from scapy.all import *
conf.verb = 0
wire = conf.L2socket(iface='${lab.tap}')
four = Ether(dst='${lab.mac}')/fuzz(IP(dst='${lab.address}'))
six = Ether(dst='${lab.mac}')/fuzz(IPv6(dst='fd00:9::2'))
kinds = [four/fuzz(UDP()), four/fuzz(TCP()), four/fuzz(ICMP()), six/fuzz(UDP()), six/fuzz(TCP()), six/fuzz(ICMPv6EchoRequest()),
         six/fuzz(IPv6ExtHdrHopByHop())/fuzz(UDP()), six/fuzz(IPv6ExtHdrRouting())/fuzz(UDP()), six/fuzz(IPv6ExtHdrFragment())/fuzz(UDP()),
         six/fuzz(ICMPv6ND_NS()), six/fuzz(ICMPv6ND_NA()), six/fuzz(ICMPv6ND_RA()), six/fuzz(ICMPv6MLQuery())]
for count in range(1500):
    try:
        wire.send(kinds[count % len(kinds)])
    except Exception:
        pass
print('sent')
`;
      await during(lab, stack, async () => {
        const scapy = lab.start('/usr/bin/python3', '-c', script);
        await scapy.ended;
        expect(`${scapy.output.toString()}${scapy.describe()}`).toContain('sent');
      });
      bounded(stack);
    });
  },
  { ipv6: true },
);

/** A host with an echo server, and who attacks it. */
async function victim(lab: Lab, slaac = false): Promise<{ stack: Stack; hostile: Floods }> {
  const stack = lab.attach({ config: { slaac } });
  stack.net
    .createServer((socket) => {
      socket.on('error', () => undefined).pipe(socket);
    })
    .listen(PORT, '::');
  // As long as it is being looked for doubles, anybody can say that he has an address (RFC 4862 §5.4.5).
  await until(
    () => 'addresses that are ours',
    () => stack.ip.interfaces.every(({ addresses6 }) => addresses6.every(({ state }) => state === 'preferred')),
  );
  return { stack, hostile: new Floods(lab, lab.address6) };
}

async function flood(lab: Lab, frames: readonly Uint8Array[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'synack-flood-'));
  const file = join(directory, 'frames');
  try {
    writeFrames(file, frames);
    const sender = lab.start('python3', '-c', SENDER, lab.tap, file);
    expect(await sender.ended).toBe(0);
    expect(Number(sender.output.toString())).toBeGreaterThan(frames.length / 2);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** While the flood comes, honest peers get what they ask for, over both families. */
async function during(lab: Lab, stack: Stack, attack: () => Promise<void>): Promise<void> {
  let isOver = false;
  const attacked = attack().finally(() => (isOver = true));
  attacked.catch(() => undefined);
  const isGoingOn = (): boolean => !isOver;
  do await Promise.all([lab.kernel, lab.kernel6].map((from) => echoes(lab, from)));
  while (isGoingOn());
  await attacked;
  await Promise.all([lab.kernel, lab.kernel6].map((from) => echoes(lab, from)));
  const ping = lab.start('ping', '-6', '-c', '2', '-i', '0.1', lab.address6);
  expect(await ping.ended).toBe(0);
  expect(stack.ip.isLocal(2)).toBe(false);
}

async function echoes(lab: Lab, from: string): Promise<void> {
  const octets = randomBytes(100_000);
  const socket = connect({ port: PORT, host: from.includes(':') ? lab.address6 : lab.address, timeout: 9000 });
  socket.on('timeout', () => socket.destroy(new Error('nothing came for 9 s')));
  socket.end(octets);
  expect(sha256(await untilEnd(socket))).toBe(sha256(octets));
}

/** No table has grown beyond its bound. */
function bounded(stack: Stack): void {
  for (const { ethernet, addresses6 } of stack.ip.interfaces) {
    const { entries = [] } = ethernet?.neighbours ?? {};
    expect(entries.length).toBeLessThanOrEqual(IP_DEFAULTS.neighbours);
    expect(ethernet?.neighbours6.entries.length ?? 0).toBeLessThanOrEqual(IP_DEFAULTS.neighbours);
    expect(addresses6.length).toBeLessThanOrEqual(IP_DEFAULTS.addresses);
  }
  expect(stack.tcp.connections().length).toBeLessThan(2000);
}
