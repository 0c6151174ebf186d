import type { Contender, Sample } from '../compare';
import { note } from '../notes';
import type { End } from './end';
import { openLwip, whyNoLwip } from './lwip';
import { openNode } from './node';
import { openSlirp, whyNoSlirp } from './slirp';
import { openSynack } from './synack';

/** Who takes part beside synack. */
export type PeerName = 'node' | 'lwip' | 'slirp';

const PEERS: Readonly<
  Record<PeerName, { open: (options: { offload: boolean }) => Promise<End>; whyNot?: () => string | undefined }>
> = {
  node: { open: openNode },
  lwip: { open: openLwip, whyNot: whyNoLwip },
  slirp: { open: openSlirp, whyNot: whyNoSlirp },
};

/**
 * Opens synack and its peers, synack first; without those that are not installed, which is noted. All are closed when
 * `contest` is done.
 */
export async function withEnds<Result>(
  { offload, peers }: { readonly offload: boolean; readonly peers: readonly PeerName[] },
  contest: (ends: readonly End[]) => Promise<Result>,
): Promise<Result> {
  const ends: End[] = [];
  try {
    ends.push(await openSynack({ offload }));
    for (const name of peers) {
      const { open, whyNot } = PEERS[name];
      const reason = whyNot?.();
      if (reason === undefined) ends.push(await open({ offload }));
      else note(`left out: ${reason}`);
    }
    return await contest(ends);
  } finally {
    for (const end of ends) await end.close();
  }
}

/** Each end as something that can be measured. */
export function contenders(ends: readonly End[], measure: (end: End) => Promise<Sample>): Contender[] {
  return ends.map((end) => ({ name: end.name, measure: () => measure(end) }));
}
