import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { TraceEvent } from '../../src';
import { sha256, untilEnd } from '../support/lab-bytes';
import { labSuite } from '../support/lab-suite';

const PORT = 4000;
const MB = 1_000_000;

/** The other files' tests run with the default, which is `kernel` where the kernel can. */
labSuite(__filename, 'whoever does the work of a network card', ['nc', 'ss'], (test) => {
  for (const offload of ['kernel', 'software', 'none'] as const) {
    test(`${offload}: 50 MB each way at once`, async (lab) => {
      const stack = lab.attach({ offload });
      const lengths = { in: 0, out: 0 };
      stack.observe((event: TraceEvent) => {
        if (event.type !== 'segment') return;
        lengths[event.direction] = Math.max(lengths[event.direction], event.segment.payload.length);
      });
      const server = stack.net.createServer({ allowHalfOpen: true }).listen(PORT);
      const nc = lab.start('nc', '-N', lab.address, `${PORT}`);
      const [socket] = (await once(server, 'connection')) as [Socket];
      const heard = untilEnd(socket);
      const [ours, theirs] = [randomBytes(50 * MB), randomBytes(50 * MB)];
      socket.write(ours);
      nc.stdin.end(theirs);
      expect(sha256(await heard)).toBe(sha256(theirs));
      socket.end();
      expect(await nc.ended).toBe(0);
      expect(sha256(nc.output)).toBe(sha256(ours));
      await lab.enters('CLOSED');
      expect(lab.history.slice(-4)).toEqual(['ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED']);
      expect(stack.counters['tcp.bad-checksum'] ?? 0).toBe(0);
      // Segments pass whole, or they do not.
      if (offload === 'none') expect(lengths).toEqual({ in: 1448, out: 1448 });
      else for (const each of [lengths.in, lengths.out]) expect(each).toBeGreaterThan(5 * 1448);
    });

    test(`${offload}: the kernel finds every checksum good`, async (lab) => {
      const before = lab.kernelCounter('Tcp', 'InErrs');
      const stack = lab.attach({ offload });
      const nc = lab.start('nc', '-l', lab.kernel, `${PORT}`);
      await lab.kernelSocket(PORT, 'LISTEN');
      const socket = stack.net.connect({ host: lab.kernel, port: PORT });
      await once(socket, 'connect');
      const bytes = randomBytes(MB);
      socket.write(bytes);
      socket.end();
      expect(await nc.ended).toBe(0);
      expect(sha256(nc.output)).toBe(sha256(bytes));
      expect(lab.kernelCounter('Tcp', 'InErrs')).toBe(before);
    });
  }
});
