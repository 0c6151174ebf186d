import { PORTS } from '../addresses';
import { inTurns, rowsOf, type Sample } from '../compare';
import { CpuWatch } from '../cpu';
import { contenders, withEnds } from '../ends/contest';
import type { End } from '../ends/end';
import { CORES, type Cores } from '../namespaces';
import { note } from '../notes';
import { outputOf } from '../output';
import { missing } from '../programs';
import type { Row } from '../row';
import type { Settings } from '../settings';

const CONNECTIONS = 64;
/** ms more than planned that wrk may take. */
const GRACE = 10_000;
/** Before the first run, s: V8 compiles what is hot. */
const WARM_UP = 2;

/** Requests that wrk gets answered over connections that stay open. */
export async function http({ quick, pairs }: Settings): Promise<Row[]> {
  const reason = missing('wrk', 'wrk');
  if (reason !== undefined) {
    note(`left out: ${reason}`);
    return [];
  }
  return withEnds({ offload: true, peers: ['node'] }, async (ends) => {
    for (const end of ends) await wrk(end, WARM_UP);
    const measured = await inTurns(
      contenders(ends, (end) => wrk(end, quick ? 1 : 2)),
      pairs,
    );
    const [synack, ...peers] = measured;
    if (synack === undefined) return [];
    const named = [synack, ...peers.map((peer) => ({ ...peer, name: 'Node http over veth' }))];
    return rowsOf({ work: 'http', unit: 'requests/s', better: 'more' }, named);
  });
}

interface WrkOptions {
  readonly port?: number;
  readonly core?: Cores;
}

/** What wrk says of a server, after so many seconds. */
export async function wrk(
  end: End,
  seconds: number,
  { port = PORTS.http, core = CORES.load }: WrkOptions = {},
): Promise<Sample> {
  const url = `http://${end.address}:${port}/`;
  const command = ['wrk', '-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', url];
  const child = end.load.spawn(core, command, ['ignore', 'pipe', 'inherit']);
  const watch = new CpuWatch(end.pid, child.pid, 100);
  const text = await outputOf(child, 'wrk', seconds * 1000 + GRACE);
  const cpu = end.hasHelpers ? { ...watch.end(), others: NaN } : watch.end();
  const rate = Number(/^Requests\/sec:\s+([\d.]+)/m.exec(text)?.[1]);
  const trouble = /Socket errors: .*|Non-2xx .*/.exec(text)?.[0];
  if (trouble !== undefined) throw new Error(`${end.name}: wrk tells of ${trouble}`);
  if (!(rate > 10)) throw new Error(`${end.name}: wrk got no answers`);
  return { value: rate, cpu, more: { p99Milliseconds: milliseconds(/99%\s+([\d.]+)(us|ms|s)/.exec(text)) } };
}

function milliseconds(found: RegExpExecArray | null): number {
  const units: Readonly<Record<string, number>> = { us: 1e-3, ms: 1, s: 1e3 };
  return Number(found?.[1]) * (units[found?.[2] ?? ''] ?? NaN);
}
