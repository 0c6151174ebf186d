import type { Sample } from '../speed/compare';
import { PORTS } from '../speed/addresses';
import { runLoad, type End } from '../speed/ends/end';
import { CORES } from '../speed/namespaces';
import { outputOf } from '../speed/output';
import { median } from '../loss/results';
import { kernelToStack, stackToKernel } from '../speed/work/bulk';
import { connections } from '../speed/work/connect-rate';
import { echoTime } from '../speed/work/echo';

export interface Times {
  readonly warm: number;
  readonly time: number;
}

export interface Work {
  /** Head of the table's column. */
  readonly title: string;
  readonly unit: string;
  readonly better: 'more' | 'less';
  readonly measure: (end: End, times: Times) => Promise<Sample>;
}

/** Bytes, and how many of them are under way at once. */
const DATAGRAM = 64;
const DATAGRAMS = 32;
const PINGS = 100;
/** Seconds between two pings. */
const INTERVAL = 0.002;
/** ms that they may take. */
const PING_LIMIT = 5000;

/** All that is measured of each adapter, seen from the kernel's end. */
export const WORKS = {
  in: { title: 'in', unit: 'Gbit/s', better: 'more', measure: kernelToStack },
  out: { title: 'out', unit: 'Gbit/s', better: 'more', measure: stackToKernel },
  echo: { title: 'echo 64 B', unit: 'µs', better: 'less', measure: (end, times) => echoTime(end, times) },
  connections: { title: 'connects', unit: '/s', better: 'more', measure: connections },
  ping: { title: 'ping', unit: 'µs', better: 'less', measure: ping },
  datagrams: { title: 'datagrams', unit: '/s', better: 'more', measure: datagrams },
} as const satisfies Readonly<Record<string, Work>>;

export type WorkName = keyof typeof WORKS;

/** There and back, µs: the median of a hundred. */
async function ping(end: End): Promise<Sample> {
  const command = ['ping', '-n', '-c', String(PINGS), '-i', String(INTERVAL), '-W', '1', end.address];
  const text = await outputOf(end.load.spawn(CORES.load, command, ['ignore', 'pipe', 'inherit']), 'ping', PING_LIMIT);
  const times = [...text.matchAll(/time=([\d.]+) ms/g)].map(([, ms]) => Number(ms) * 1000);
  if (times.length < PINGS / 2) throw new Error(`${end.name}: of ${PINGS} pings ${times.length} were answered`);
  return { value: median(times), more: { lost: PINGS - times.length } };
}

/** UDP datagrams that came back, a second: each was received by the stack, and sent. */
async function datagrams(end: End, times: Times): Promise<Sample> {
  const { result, cpu } = await runLoad<{ count: number; seconds: number; lost: number }>(
    end,
    ['datagrams', PORTS.datagrams],
    times,
    [DATAGRAM, DATAGRAMS],
  );
  return { value: result.count / result.seconds, cpu, more: { lost: result.lost } };
}
