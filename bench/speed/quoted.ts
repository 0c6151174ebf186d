import type { Quoted } from './compare';
import type { Work } from './row';

const WHEN = 'quoted, 2026-11';

/** Measured once on a machine of this kind (2 cores, Linux 6.18): what does not install with one command. */
const FIGURES: Partial<Record<Work, Readonly<Record<string, number>>>> = {
  'bulk-in': { 'smoltcp over TAP, 1 MB buffers': 10.3, 'gVisor netstack over TAP': 2.3 },
  'bulk-out': { 'smoltcp over TAP, 1 MB buffers': 6.3, 'gVisor netstack over TAP': 1.7 },
  'bulk-in-plain': { 'smoltcp over TAP, 1 MB buffers': 10.3 },
  'bulk-out-plain': { 'smoltcp over TAP, 1 MB buffers': 6.3 },
  'echo-same-core': { 'smoltcp over TAP': 8.4, 'gVisor netstack over TAP': 17.6 },
  'connect-rate': { 'smoltcp over TAP': 96_000, 'gVisor netstack over TAP': 21_600 },
};

export function quoted(work: Work): Quoted[] {
  return Object.entries(FIGURES[work] ?? {}).map(([name, value]) => ({ name: `${name} (${WHEN})`, value }));
}
