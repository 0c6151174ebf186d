import { expect } from 'expect';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Link, Stack } from '../../src';
import type { Clock } from '../../src/clock/clock';
import type { Connection } from '../../src/tcp/user';
import { capture } from '../../src/link/capture';
import type { Lab } from '../support/lab';
import { sha256 } from '../support/lab-bytes';
import { dissectFile, readCapture, readPcap } from '../support/lab-capture';
import type { DeclareTest } from '../support/lab-suite';
import { until } from '../support/lab-until';
import { directory } from './website';

const PORT = 4000;
const MB = 1_000_000;

/** The ends of the wire in one family, and how programs write addresses of it. */
interface Family {
  readonly version: 4 | 6;
  readonly ours: (lab: Lab) => string;
  readonly kernels: (lab: Lab) => string;
  readonly any: string;
  /** Bytes of the IP header. */
  readonly header: number;
}

export const IPV4: Family = {
  version: 4,
  ours: (lab) => lab.address,
  kernels: (lab) => lab.kernel,
  any: '0.0.0.0',
  header: 20,
};

export const IPV6: Family = {
  version: 6,
  ours: (lab) => lab.address6,
  kernels: (lab) => lab.kernel6,
  any: '::',
  header: 40,
};

/** What works over a device in one family: ping, nc both ways, curl, bulk with each offload, other MTUs. Programs: ping, nc, curl, ss, tcpdump, tshark. */
export function familyTests(test: DeclareTest, family: Family): void {
  const { version, ours, kernels, any } = family;
  const dash = `-${version}`;

  for (const size of [0, 56, 1480 - family.header - 8]) {
    test(`IPv${version}: the kernel pings ${size} bytes`, async (lab) => {
      lab.attach();
      const ping = lab.start('ping', dash, '-c', '10', '-i', '0.01', '-s', `${size}`, ours(lab));
      expect(await ping.ended).toBe(0);
      expect(ping.output.toString()).toContain('10 received, 0% packet loss');
      expect(ping.output.toString()).not.toMatch(/wrong data|truncated|DUP|error/i);
    });
  }

  for (const offload of ['kernel', 'software', 'none'] as const) {
    test(`IPv${version}, ${offload}: 50 MB each way at once, whole where they may be`, async (lab) => {
      const stack = lab.attach({ offload });
      const largest = { in: 0, out: 0 };
      stack.observe((event) => {
        if (event.type !== 'segment') return;
        largest[event.direction] = Math.max(largest[event.direction], event.segment.payload.length);
      });
      const before = lab.kernelCounter('Tcp', 'InErrs');
      const accepted = accept(stack, any);
      const nc = lab.start('nc', dash, '-N', ours(lab), `${PORT}`);
      const connection = await accepted;
      const [out, into] = [randomBytes(50 * MB), randomBytes(50 * MB)];
      const heard = untilEof(connection);
      nc.stdin.end(into);
      await sendAll(connection, out);
      expect(sha256(await heard)).toBe(sha256(into));
      connection.close();
      expect(await nc.ended).toBe(0);
      expect(sha256(nc.output)).toBe(sha256(out));
      expect(lab.kernelCounter('Tcp', 'InErrs')).toBe(before);
      expect(stack.counters['tcp.bad-checksum'] ?? 0).toBe(0);
      const mss = 1500 - family.header - 32;
      if (offload === 'none') expect(largest).toEqual({ in: mss, out: mss });
      else for (const each of [largest.in, largest.out]) expect(each).toBeGreaterThan(5 * mss);
    });
  }

  test(`IPv${version}: nc listens, and is called`, async (lab) => {
    const stack = lab.attach();
    const nc = lab.start('nc', dash, '-N', '-l', kernels(lab), `${PORT}`);
    await lab.kernelSocket(PORT, 'LISTEN');
    const connection = stack.tcp.open({ remote: { address: kernels(lab), port: PORT } });
    const heard = untilEof(connection);
    await sendAll(connection, Buffer.from('are you there?'));
    await nc.says('are you there?');
    nc.stdin.end('yes');
    expect((await heard).toString()).toBe('yes');
    connection.close();
    expect(await nc.ended).toBe(0);
  });

  test(`IPv${version}: nobody listens, and nc is told`, async (lab) => {
    lab.attach();
    const nc = lab.start('nc', dash, '-v', ours(lab), `${PORT}`);
    expect(await nc.ended).toBe(1);
    expect(nc.stderr).toContain('refused');
  });

  test(`IPv${version}: datagrams of nc, there and back`, async (lab) => {
    const stack = lab.attach();
    const socket = stack.udp.open({ local: { address: any, port: PORT } });
    const nc = lab.start('nc', dash, '-u', '-W', '1', ours(lab), `${PORT}`);
    nc.stdin.write('ping');
    const question = await until(
      () => 'a datagram',
      () => {
        const datagram = socket.receive();
        return typeof datagram === 'string' ? undefined : datagram;
      },
    );
    expect(Buffer.from(question.data).toString()).toBe('ping');
    socket.send(Buffer.from('pong'), question.remote);
    await nc.says('pong');
  });

  test(`IPv${version}: curl gets a file of 5 MB`, async (lab) => {
    const stack = lab.attach();
    const file = randomBytes(5 * MB);
    void accept(stack, any).then(async (connection) => {
      let asked = '';
      await until(
        () => 'a request',
        () => {
          const chunk = connection.receive();
          if (typeof chunk !== 'string') asked += Buffer.from(chunk).toString();
          return asked.includes('\r\n\r\n');
        },
      );
      await sendAll(connection, Buffer.from(`HTTP/1.0 200 OK\r\nContent-Length: ${file.length}\r\n\r\n`));
      await sendAll(connection, file);
      connection.close();
    });
    const host = version === 6 ? `[${ours(lab)}]` : ours(lab);
    const curl = lab.start('curl', '--disable', '--noproxy', '*', '--silent', '-g', `http://${host}:${PORT}/file`);
    expect(await curl.ended).toBe(0);
    expect(sha256(curl.output)).toBe(sha256(file));
  });

  for (const mtu of [1280, 9000]) {
    test(`IPv${version}: with an MTU of ${mtu}`, async (lab) => {
      const stack = lab.attach({ mtu, offload: 'none' });
      let largest = 0;
      stack.observe((event) => {
        if (event.type === 'segment') largest = Math.max(largest, event.segment.payload.length);
      });
      lab.atEnd(() => {
        execFileSync('ip', ['link', 'set', lab.tap, 'mtu', '1500']);
      });
      const accepted = accept(stack, any);
      const nc = lab.start('nc', dash, '-N', ours(lab), `${PORT}`);
      const bytes = randomBytes(MB);
      nc.stdin.end(bytes);
      const connection = await accepted;
      expect(sha256(await untilEof(connection))).toBe(sha256(bytes));
      await sendAll(connection, bytes);
      connection.close();
      expect(await nc.ended).toBe(0);
      expect(sha256(nc.output)).toBe(sha256(bytes));
      expect(largest).toBe(mtu - family.header - 32);
    });
  }

  test(`IPv${version}: tshark finds nothing wrong in tcpdump's capture, nor in ours`, async (lab) => {
    const folder = directory(lab);
    const [theirs, own] = [join(folder, 'tcpdump.pcap'), join(folder, 'synack.pcapng')];
    const tcpdump = lab.start('tcpdump', '-i', lab.tap, '-U', '-B', '65536', '-Z', 'root', '-w', theirs);
    await tcpdump.complains('listening on');
    const blocks: Uint8Array[] = [];
    const through = (link: Link, clock: Clock): Link =>
      capture(link, (bytes) => blocks.push(Uint8Array.from(bytes)), { clock });
    const stack = lab.attach({ offload: 'none', through });
    expect(await lab.start('ping', dash, '-c', '3', '-i', '0.01', ours(lab)).ended).toBe(0);
    // Nobody has the port, and it is told so.
    const unheard = lab.start('nc', dash, '-u', '-w', '1', ours(lab), `${PORT + 1}`);
    unheard.stdin.write('is anybody here?');
    const accepted = accept(stack, any);
    const nc = lab.start('nc', dash, '-N', ours(lab), `${PORT}`);
    nc.stdin.end(randomBytes(MB / 10));
    const connection = await accepted;
    await untilEof(connection);
    await sendAll(connection, randomBytes(MB / 10));
    connection.close();
    expect(await nc.ended).toBe(0);
    await unheard.ended;
    writeFileSync(own, Buffer.concat(blocks));
    const count = (await readCapture(own)).length;
    let written = 0;
    await until(
      () => `${count} packets from tcpdump; it has written ${written}`,
      async () => (written = (await readPcap(theirs)).length) >= count,
    );
    tcpdump.signal('SIGINT');
    expect(await tcpdump.ended).toBe(0);
    const ip = version === 4 ? 'ip.version' : 'ipv6.version';
    const icmp = version === 4 ? 'icmp' : 'icmpv6';
    const status = ['tcp', 'udp', icmp].map((layer) => `${layer}.checksum.status`);
    for (const file of [theirs, own]) {
      const packets = await dissectFile(file, [ip, `${icmp}.type`, ...status, '_ws.malformed']);
      expect(packets.filter((each) => each[ip] === `${version}`).length).toBeGreaterThan(100);
      expect(packets.filter((each) => each['_ws.malformed'] !== '')).toEqual([]);
      const types = new Set(packets.map((each) => each[`${icmp}.type`]));
      for (const type of version === 4 ? ['8', '0', '3'] : ['128', '129', '1']) expect(types).toContain(type);
      // 1 is good; what has been quoted in an error has a status, too, and is cut off: 2 is "not looked at".
      const bad = packets.filter((each) => status.some((name) => (each[name] ?? '').includes('0')));
      expect(bad).toEqual([]);
    }
  });
}

/** The connection of the first who calls. */
function accept(stack: Stack, address: string): Promise<Connection> {
  const listener = stack.tcp.open({ passive: true, local: { address, port: PORT } });
  return new Promise((resolve) => {
    listener.on('connection', () => {
      const connection = listener.accept();
      if (typeof connection !== 'string') resolve(connection);
    });
  });
}

/** What comes until the end. */
function untilEof(connection: Connection): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    const read = (): void => {
      for (;;) {
        const chunk = connection.receive();
        if (chunk === 'EAGAIN') return;
        if (chunk === 'EOF') resolve(Buffer.concat(chunks));
        else if (typeof chunk === 'string') reject(new Error(chunk));
        else {
          chunks.push(chunk);
          continue;
        }
        return;
      }
    };
    connection.on('readable', read);
    read();
  });
}

/** Sends at the pace at which the connection takes it. */
function sendAll(connection: Connection, bytes: Uint8Array): Promise<void> {
  let rest = bytes;
  return new Promise((resolve, reject) => {
    const write = (): void => {
      while (rest.length > 0) {
        const taken = connection.send(rest);
        if (taken === 'EAGAIN') return;
        if (typeof taken === 'string') {
          reject(new Error(taken));
          return;
        }
        rest = rest.subarray(taken);
      }
      resolve();
    };
    connection.on('writable', write);
    write();
  });
}
