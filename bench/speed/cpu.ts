import { readFileSync } from 'node:fs';
import { CORES } from './namespaces';

/** Of one core, %: what the processes of both ends used, and how busy their cores were with all that ran there. */
export interface CpuUse {
  readonly server: number;
  readonly load: number;
  readonly serverCore: number;
  readonly loadCore: number;
  /** What ran on these cores besides, of the one that had more of it: other programs, and the kernel in nobody's name. */
  readonly others: number;
}

interface Sample {
  readonly at: number;
  readonly server: number;
  readonly load: number;
  readonly cores: readonly Ticks[];
}

interface Ticks {
  readonly busy: number;
  readonly all: number;
}

/** USER_HZ, which is 100 on every Linux that Node runs on. */
const TICKS_PER_SECOND = 100;
const INTERVAL = 50;

/**
 * Looks at both ends from when the load has begun to the last time that both were there. A core's busy time has in it what
 * the kernel does on a process's behalf without booking it there.
 */
export class CpuWatch {
  #first: Sample | undefined;
  #last: Sample | undefined;
  readonly #timer: NodeJS.Timeout;

  /**
   * @param server its process id; likewise `load`
   * @param after ms in which nothing counts
   * @param core the load's
   */
  constructor(
    private readonly server: number | undefined,
    private readonly load: number | undefined,
    after: number,
    private readonly core: number = CORES.load,
  ) {
    const from = performance.now() + after;
    this.#timer = setInterval(() => {
      if (performance.now() >= from) this.#look();
    }, INTERVAL);
  }

  #look(): void {
    const sample = {
      at: performance.now(),
      server: ticksOf(this.server),
      load: ticksOf(this.load),
      cores: coreTicks(),
    };
    if (Number.isNaN(sample.server + sample.load)) return;
    this.#first ??= sample;
    this.#last = sample;
  }

  end(): CpuUse {
    clearInterval(this.#timer);
    const [first, last] = [this.#first, this.#last];
    if (first === undefined || last === undefined || last.at === first.at) return UNKNOWN;
    const seconds = (last.at - first.at) / 1000;
    const ofProcess = (end: 'server' | 'load'): number =>
      percent((last[end] - first[end]) / TICKS_PER_SECOND / seconds);
    const ofCore = (core: number): number => {
      const [from, to] = [first.cores[core], last.cores[core]];
      return from === undefined || to === undefined ? NaN : percent((to.busy - from.busy) / (to.all - from.all));
    };
    const [server, load] = [ofProcess('server'), ofProcess('load')];
    const [serverCore, loadCore] = [ofCore(CORES.server), ofCore(this.core)];
    const others =
      this.core === CORES.server ? serverCore - server - load : Math.max(serverCore - server, loadCore - load);
    return { server, load, serverCore, loadCore, others };
  }
}

const UNKNOWN: CpuUse = { server: NaN, load: NaN, serverCore: NaN, loadCore: NaN, others: NaN };

function percent(share: number): number {
  return Math.round(share * 100);
}

/** User and system time of a process with all its threads; 0 for none, NaN when it has ended. */
function ticksOf(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may have spaces; the state follows it, which is the third field.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return NaN;
    return Number(fields[11]) + Number(fields[12]);
  } catch {
    return NaN;
  }
}

function coreTicks(): Ticks[] {
  return readFileSync('/proc/stat', 'utf8')
    .split('\n')
    .filter((line) => /^cpu\d/.test(line))
    .map((line) => {
      const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, irq = 0, softirq = 0, steal = 0] = line
        .split(/\s+/)
        .slice(1)
        .map(Number);
      const busy = user + nice + system + irq + softirq + steal;
      return { busy, all: busy + idle + wait };
    });
}
