import { expect } from 'expect';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import type { Stack } from '../../src';
import type { Connection } from '../../src/tcp/user';
import { sha256 } from '../support/lab-bytes';
import type { DeclareTest } from '../support/lab-suite';
import type { Family } from './family';

const PORT = 4000;
const MB = 1_000_000;

/** What every-link.ts does not ask of a device of ours: bulk with each offload, other MTUs. Programs: nc, ip. */
export function familyTests(test: DeclareTest, family: Family): void {
  const { version, ours, any } = family;
  const dash = `-${version}`;

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
