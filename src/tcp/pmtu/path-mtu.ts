import { Evidence } from './evidence';
import { MtuSearch } from './search';

/** What a connection knows of its path's MTU. Sizes are of whole IP packets, in octets. */
export class PathMtu {
  /** What IP knew when it was last asked. */
  path: number;
  /** What the IPv4 options of each packet take. */
  ipOptions = 0;
  /** Before this sequence number segments are sent again because they were too big. */
  cutUntil: number;
  /** No probe goes out before this sequence number is acknowledged (RFC 4821 §7.4: not one loss after the other). */
  probeFrom: number;
  readonly evidence = new Evidence();
  readonly search = new MtuSearch();

  constructor(path: number, iss: number) {
    this.path = path;
    this.cutUntil = iss;
    this.probeFrom = iss;
  }
}
