/** A station on the bench's wire. */
export interface Station {
  readonly address: string;
  readonly mac: string;
}

/** Left of the bad network, a kernel and synack; right of it, another kernel. */
export const STATIONS = {
  left: { address: '10.77.0.1', mac: '02:00:5e:4d:00:01' },
  right: { address: '10.77.0.2', mac: '02:00:5e:4d:00:02' },
  synack: { address: '10.77.0.3', mac: '02:00:5e:4d:00:03' },
} as const satisfies Record<string, Station>;

export const PREFIX = 24;
export const NETWORK = `10.77.0.0/${PREFIX}`;

/** The two kernels' ends of their TAPs, and the namespaces that they are in. */
export type Side = 'left' | 'right';
export const SIDES: readonly Side[] = ['left', 'right'];
