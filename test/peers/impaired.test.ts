import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import type { ConnectionOptions } from '../../src';
import { impair, type ImpairedLink, type ImpairSettings } from '../../src/link/impair';
import type { Lab } from '../support/lab';
import { sha256, untilEnd } from '../support/lab-bytes';
import { labSuite } from '../support/lab-suite';

const MILLISECOND = 1_000;
const PORT = 4000;

/** A bad path between the kernel and synack, and how much goes over it each way. */
interface Path {
  readonly network: ImpairSettings;
  readonly tcp?: ConnectionOptions;
  readonly bytes: number;
}

const PATHS: Readonly<Record<string, Path>> = {
  '1 % loss, 20 ms': { network: { loss: 0.01, delay: 10 * MILLISECOND }, bytes: 1_000_000 },
  '5 % loss, 10 ms': { network: { loss: 0.05, delay: 5 * MILLISECOND }, bytes: 500_000 },
  '20 % loss, 4 ms': { network: { loss: 0.2, delay: 2 * MILLISECOND }, bytes: 60_000 },
  '30 % reordered by up to 5 ms': {
    network: { reorder: 0.3, reorderDelay: 5 * MILLISECOND, delay: 5 * MILLISECOND },
    bytes: 1_000_000,
  },
  'duplicates and flipped bits': { network: { duplicate: 0.1, corrupt: 0.02, delay: MILLISECOND }, bytes: 500_000 },
  'a queue of 20 packets at 10 Mbit/s, BBR': {
    network: { rate: 10_000_000, queue: 20, delay: 10 * MILLISECOND },
    tcp: { congestion: 'bbr' },
    bytes: 1_500_000,
  },
  'routers that mark one packet in fifty, ECN': {
    network: { mark: 0.02, delay: 5 * MILLISECOND },
    tcp: { ecn: true },
    bytes: 1_000_000,
  },
  '2 % loss, RFC 6675 and Reno instead of RACK and CUBIC': {
    network: { loss: 0.02, delay: 5 * MILLISECOND },
    tcp: { lossRecovery: 'sack', congestion: 'reno' },
    bytes: 500_000,
  },
  '2 % loss, neither SACK nor timestamps': {
    network: { loss: 0.02, delay: 5 * MILLISECOND },
    tcp: { sack: false, timestamps: false },
    bytes: 500_000,
  },
};

labSuite(__filename, "the kernel's TCP over a bad path", [], (test) => {
  for (const [title, path] of Object.entries(PATHS)) {
    test(`${title}: all bytes arrive, both ways, whoever calls`, async (lab) => {
      lab.sysctl('tcp_ecn', '1');
      const { network, tcp } = path;
      let bad: ImpairedLink | undefined;
      const stack = lab.attach({
        tcp,
        through: (tap, clock) => (bad = impair(tap, { ...network, loss: 0, clock, seed: 1 })),
      });
      // A SYN that is lost waits for a second, then for two, four, …: with one in five lost now and then longer than a test may take.
      const lose = (loss: number): void => bad?.set({ loss });

      const kernelListens = createServer({ allowHalfOpen: true }).listen(PORT, lab.kernel);
      lab.atEnd(() => kernelListens.close());
      const calls = stack.net.connect({ port: PORT, host: lab.kernel, allowHalfOpen: true });
      const [called] = (await once(kernelListens, 'connection')) as [Socket];
      lose(network.loss ?? 0);
      await exchange(calls, called, path.bytes);
      lose(0);

      const synackListens = stack.net.createServer({ allowHalfOpen: true }).listen(PORT);
      const kernelCalls = connect({ port: PORT, host: lab.address, allowHalfOpen: true });
      const [ours] = (await once(synackListens, 'connection')) as [Socket];
      lose(network.loss ?? 0);
      await exchange(ours, kernelCalls, path.bytes);

      expectTheBadPath(lab, stack.counters, path);
    });
  }
});

/** Both send at once, and close when they have sent theirs. */
async function exchange(ours: Socket, theirs: Socket, bytes: number): Promise<void> {
  const heard = [untilEnd(ours), untilEnd(theirs)];
  const sent = [randomBytes(bytes), randomBytes(bytes)] as const;
  ours.end(sent[0]);
  theirs.end(sent[1]);
  expect((await Promise.all(heard)).map(sha256)).toEqual([sent[1], sent[0]].map(sha256));
}

/** The path was as bad as it should be: otherwise the test shows nothing. */
function expectTheBadPath(lab: Lab, counters: Readonly<Record<string, number>>, { network }: Path): void {
  if ((network.loss ?? 0) > 0 || (network.queue ?? 0) > 0) {
    expect(counters['tcp.retransmissions']).toBeGreaterThan(0);
    expect(lab.kernelCounter('Tcp', 'RetransSegs')).toBeGreaterThan(0);
  }
  if ((network.reorder ?? 0) > 0) expect(counters['tcp.out-of-order']).toBeGreaterThan(0);
  if ((network.corrupt ?? 0) > 0) expect(counters['tcp.bad-checksum']).toBeGreaterThan(0);
}
