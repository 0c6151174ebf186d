import { SERVER } from '../addresses';
import type { Contender } from '../compare';
import { CpuWatch } from '../cpu';
import { Cable, CORES } from '../namespaces';
import { note } from '../notes';
import { outputOf } from '../output';
import { missing } from '../programs';

/** The part of `iperf3 --json` that is read. */
interface Report {
  readonly error?: string;
  readonly end: { readonly sum_received?: { readonly bits_per_second: number } };
}

/** ms more than planned that a run may take. */
const GRACE = 10_000;
const STDIO = ['ignore', 'pipe', 'inherit'] as const;

/** iperf3 over a veth: the kernel with a program in C at both ends, which is the ceiling. Undefined, and noted, without it. */
export function iperf3(
  direction: 'in' | 'out',
  { time }: { readonly time: number },
): { readonly contender: Contender; close(): void } | undefined {
  const reason = missing('iperf3', 'iperf3');
  if (reason !== undefined) {
    note(`left out: ${reason}`);
    return undefined;
  }
  const cable = new Cable(true);
  const server = cable.server.spawn(
    CORES.server,
    ['iperf3', '--server', '--forceflush'],
    ['ignore', 'ignore', 'ignore'],
  );
  // It takes whole seconds.
  const seconds = Math.max(1, Math.round(time / 1000));
  const args = ['iperf3', '--client', SERVER, '--json', '--connect-timeout', '3000', '--time', String(seconds)];
  return {
    contender: {
      name: 'iperf3 over veth, the ceiling',
      measure: async () => {
        const client = cable.load.spawn(CORES.load, direction === 'in' ? args : [...args, '--reverse'], [...STDIO]);
        const watch = new CpuWatch(server.pid, client.pid, 0);
        const text = await outputOf(client, 'iperf3', seconds * 1000 + GRACE);
        const report = JSON.parse(text) as Report;
        const speed = report.end.sum_received?.bits_per_second;
        if (speed === undefined) throw new Error(`iperf3: ${report.error ?? 'no figure in its report'}`);
        return { value: speed / 1e9, cpu: watch.end() };
      },
    },
    close: () => {
      server.kill('SIGKILL');
      cable.remove();
    },
  };
}
