import { Evidence } from './evidence';
import { MtuSearch, NO_SEARCH } from './search';

/** What a connection knows of its path's MTU. Sizes are of whole IP packets, in octets. */
export class PathMtu {
  /** What the IPv4 options of each packet take. */
  ipOptions = 0;
  /** Where the search stands; to be read. `startSearch` begins one. */
  search = NO_SEARCH;
  private ownEvidence: Evidence | undefined = undefined;
  // Signed, as in `SendVariables`.
  private signedCutUntil: number;
  private signedProbeFrom: number;

  constructor(
    /** What IP knew when it was last asked. */
    public path: number,
    iss: number,
  ) {
    this.signedCutUntil = this.signedProbeFrom = iss | 0;
  }

  /** Before this sequence number segments are sent again because they were too big. */
  get cutUntil(): number {
    return this.signedCutUntil >>> 0;
  }

  set cutUntil(seq: number) {
    this.signedCutUntil = seq | 0;
  }

  /** No probe goes out before this sequence number is acknowledged (RFC 4821 §7.4: not one loss after the other). */
  get probeFrom(): number {
    return this.signedProbeFrom >>> 0;
  }

  set probeFrom(seq: number) {
    this.signedProbeFrom = seq | 0;
  }

  /** What our own packets have told: from the first data on. */
  get evidence(): Evidence {
    this.ownEvidence ??= new Evidence();
    return this.ownEvidence;
  }

  /** Everything before `una` is acknowledged. */
  heard(una: number): void {
    if (this.ownEvidence !== undefined) this.ownEvidence.heard(una);
  }

  /** Searches, from `low` on, for how much more the path carries. */
  startSearch(low: number): void {
    if (this.search === NO_SEARCH) this.search = new MtuSearch();
    this.search.start(low);
  }
}
