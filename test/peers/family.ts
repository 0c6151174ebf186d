import type { Lab } from '../support/lab';

/** The ends of the wire in one family, and how programs write addresses of it. */
export interface Family {
  readonly version: 4 | 6;
  readonly ours: (lab: Lab) => string;
  readonly kernels: (lab: Lab) => string;
  readonly any: string;
  /** Bytes of the IP header. */
  readonly header: number;
  /** As in a URL, where a colon means something. */
  readonly inUrl: (address: string) => string;
}

export const IPV4: Family = {
  version: 4,
  ours: (lab) => lab.address,
  kernels: (lab) => lab.kernel,
  any: '0.0.0.0',
  header: 20,
  inUrl: (address) => address,
};

export const IPV6: Family = {
  version: 6,
  ours: (lab) => lab.address6,
  kernels: (lab) => lab.kernel6,
  any: '::',
  header: 40,
  inUrl: (address) => `[${address}]`,
};
