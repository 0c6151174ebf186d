import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture, type Link } from '../../src';
import type { Clock } from '../../src/clock/clock';
import { sha256 } from '../support/lab-bytes';
import { dissectFile } from '../support/lab-capture';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import type { Program } from '../support/lab-program';
import { until } from '../support/lab-until';
import { answeredOf, PATIENT, upTo } from '../support/pings';
import { routedPair, type KernelHost } from '../support/routed-pair';

const PROGRAMS = ['ip', 'unshare', 'nsenter', 'ping', 'traceroute', 'curl', 'ncat', 'ss', 'python3'];

labSuite(__filename, 'two kernels with synack between them', PROGRAMS, (test) => {
  for (const family of [4, 6] as const) {
    const addressOf = (host: KernelHost): string => (family === 4 ? host.address : host.address6);

    test(`IPv${family}: ping, and traceroute sees us as the hop`, async (lab) => {
      const { a, b, router } = await routedPair(lab);
      const ping = a.start('ping', ...['-c', '20', '-i', '0.002', '-s', '1400'], ...PATIENT, addressOf(b));
      expect(await ping.ended).toBe(0);
      const answered = answeredOf(ping.output.toString());
      expect(answered.slice(0, 20)).toEqual(upTo(20));
      expect(ping.output.toString().match(/ttl=63/g)).toHaveLength(answered.length);
      const traced = await outputOf(a, 'traceroute', `-${family}`, '-n', '-q', '1', '-w', '5', addressOf(b));
      const hops = traced.split('\n').slice(1, -1);
      expect(hops.map((line) => line.trim().split(/\s+/)[1])).toEqual([
        family === 4 ? '10.1.0.1' : 'fd00:1::1',
        addressOf(b),
      ]);
      expect(router.counters['ip.ttl-exceeded']).toBeGreaterThan(0);
      const nowhere = a.start('ping', '-c', '1', family === 4 ? '192.0.2.1' : '2001:db8::1');
      expect(await nowhere.ended).toBe(1);
      expect(nowhere.output.toString()).toMatch(/Net Unreachable|No route/);
    });

    test(`IPv${family}: curl gets 20 MB, and ncat talks both ways`, async (lab) => {
      const { a, b } = await routedPair(lab);
      const bytes = randomBytes(20_000_000);
      await serve(lab, b, bytes, family);
      const url = `http://${family === 4 ? b.address : `[${b.address6}]`}:8000/bytes`;
      const curl = a.start('curl', '--silent', '--show-error', '--globoff', url);
      expect(await curl.ended).toBe(0);
      expect(sha256(curl.output)).toBe(sha256(bytes));
      await talk(a, b, addressOf(b), `-${family}`);
    });

    test(`IPv${family}: a smaller wire behind us: path MTU discovery works through us, 5 MB arrive`, async (lab) => {
      const { a, b, router } = await routedPair(lab, { mtu: 1280 });
      // B's MSS would keep A's segments small by itself.
      b.route(family === 4 ? 'default' : '::/0', family === 4 ? '10.2.0.1' : 'fd00:2::1', 'advmss', '1440');
      const bytes = randomBytes(5_000_000);
      const server = b.start('ncat', `-${family}`, '--recv-only', '-l', addressOf(b), '4000');
      await listens(b, 4000);
      const client = a.start('ncat', `-${family}`, '--send-only', addressOf(b), '4000');
      client.stdin.end(bytes);
      expect(await server.ended).toBe(0);
      expect(sha256(server.output)).toBe(sha256(bytes));
      expect(router.counters['ip.forward-too-big']).toBeGreaterThan(0);
      expect(a.run('ip', `-${family}`, 'route', 'get', addressOf(b))).toContain('mtu 1280');
    });
  }

  test('IPv4 without DF is cut for a smaller wire', async (lab) => {
    const { a, b } = await routedPair(lab, { mtu: 1280 });
    const ping = a.start('ping', '-M', 'dont', '-c', '3', '-i', '0.01', '-s', '4000', b.address);
    expect(await ping.ended).toBe(0);
  });

  test('with masquerade B sees our address alone: ping, fragments, traceroute, curl, ss; a capture is sound', async (lab) => {
    const { file, through } = captureOf(lab, 'tapb');
    const { a, b, router } = await routedPair(lab, { outer: { masquerade: true }, hidden: true, through });
    const ping = a.start('ping', ...['-c', '5', '-i', '0.01'], b.address);
    expect(await ping.ended).toBe(0);
    const large = a.start('ping', ...['-M', 'dont', '-c', '3', '-i', '0.01', '-s', '4000'], b.address);
    expect(await large.ended).toBe(0);
    const traced = await outputOf(a, 'traceroute', '-n', '-q', '1', '-w', '5', b.address);
    expect(traced).toMatch(/ 1 {2}10\.1\.0\.1 .*\n 2 {2}10\.2\.0\.2 /);

    const bytes = randomBytes(2_000_000);
    await serve(lab, b, bytes, 4);
    const curl = a.start('curl', '--silent', '--show-error', `http://${b.address}:8000/bytes`);
    expect(await curl.ended).toBe(0);
    expect(sha256(curl.output)).toBe(sha256(bytes));

    const server = b.start('ncat', '-l', b.address, '4000');
    await listens(b, 4000);
    const client = a.start('ncat', b.address, '4000');
    client.stdin.write('hello\n');
    await server.says('hello');
    expect(b.run('ss', '-Htn', 'state', 'established', 'sport', '=', ':4000')).toMatch(
      /10\.2\.0\.2:4000\s+10\.2\.0\.1:/,
    );
    expect(router.ip.forwarding?.sessions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ protocol: 'tcp', remote: '10.2.0.2:4000', state: 'established' }),
      ]),
    );
    server.stdin.write('world\n');
    await client.says('world');

    // Nobody is in from B's side by itself.
    b.route('10.1.0.0/24', '10.2.0.1');
    const knock = b.start('ping', '-c', '1', '-W', '1', a.address);
    expect(await knock.ended).toBe(1);
    expect(router.counters['nat.unsolicited']).toBeGreaterThan(0);

    const packets = await dissectFile(file, [
      'frame.number',
      '_ws.malformed',
      '_ws.expert.message',
      'ip.checksum.status',
      'tcp.checksum.status',
    ]);
    expect(packets.length).toBeGreaterThan(100);
    const wrong = packets.filter(
      (each) =>
        each['_ws.malformed'] !== '' ||
        each['ip.checksum.status'].includes('0') ||
        each['tcp.checksum.status'].includes('0'),
    );
    expect(wrong).toEqual([]);
  });

  test('a port forward lets B in, and A sees who it is', async (lab) => {
    const forwards = [{ protocol: 'tcp', port: 8080, to: '10.1.0.2:80' }] as const;
    const { a, b } = await routedPair(lab, { outer: { masquerade: true, forwards }, hidden: true });
    const server = a.start('ncat', '-l', a.address, '80');
    await listens(a, 80);
    const client = b.start('ncat', '10.2.0.1', '8080');
    client.stdin.write('knock\n');
    await server.says('knock');
    expect(a.run('ss', '-Htn', 'state', 'established', 'sport', '=', ':80')).toMatch(/10\.1\.0\.2:80\s+10\.2\.0\.2:/);
    server.stdin.write('come in\n');
    await client.says('come in');
  });

  test('the world behind synack keeps talking to synack itself', async (lab) => {
    const { a, b, router } = await routedPair(lab, { outer: { masquerade: true }, hidden: true });
    const server = router.net.createServer((socket) => socket.pipe(socket)).listen(7);
    // One whose port an inner host might take, too.
    expect(await a.start('ping', '-c', '1', b.address).ended).toBe(0);
    for (const [host, to] of [
      [a, '10.1.0.1'],
      [a, '10.2.0.1'],
      [b, '10.2.0.1'],
    ] as const) {
      const client = host.start('ncat', to, '7');
      client.stdin.write('echo\n');
      await client.says('echo');
    }
    server.close();
  });
});

/** What a program says: one that talks to us, so we must not wait for it standing still. */
async function outputOf(on: KernelHost, name: string, ...args: readonly string[]): Promise<string> {
  const program = on.start(name, ...args);
  await program.ended;
  return program.output.toString();
}

/** A web server that has these bytes. */
async function serve(lab: Lab, on: KernelHost, bytes: Uint8Array, family: 4 | 6): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), 'synack-routed-'));
  lab.atEnd(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'bytes'), bytes);
  const bind = family === 4 ? on.address : on.address6;
  const server = on.start('python3', '-m', 'http.server', '--bind', bind, '--directory', folder, '8000');
  await listens(on, 8000);
  return server;
}

async function listens(on: KernelHost, port: number): Promise<void> {
  await until(
    () => `port ${port} to be listened to`,
    () => on.run('ss', '-Hltn', `sport = :${port}`),
  );
}

async function talk(a: KernelHost, b: KernelHost, to: string, family: string): Promise<void> {
  const server = b.start('ncat', family, '-l', to, '4000');
  await listens(b, 4000);
  const client = a.start('ncat', family, to, '4000');
  client.stdin.write('hello\n');
  await server.says('hello');
  server.stdin.write('world\n');
  await client.says('world');
}

/** All that goes over one of the two wires, in a file. */
function captureOf(lab: Lab, wire: 'tapa' | 'tapb'): { file: string; through: (tap: Link, clock: Clock) => Link } {
  const folder = mkdtempSync(join(tmpdir(), 'synack-routed-'));
  lab.atEnd(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, `${wire}.pcapng`);
  const through = (tap: Link, clock: Clock): Link => {
    if (tap.name !== wire) return tap;
    return capture(
      tap,
      (bytes) => {
        appendFileSync(file, bytes);
      },
      { clock },
    );
  };
  return { file, through };
}
