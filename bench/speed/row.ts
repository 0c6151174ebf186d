/** What `npm run bench` measures. */
export type Work =
  | 'bulk-in'
  | 'bulk-out'
  | 'bulk-in-plain'
  | 'bulk-out-plain'
  | 'bulk-memory'
  | 'echo-same-core'
  | 'echo-cross-core'
  | 'connect-rate'
  | 'http'
  | 'websocket'
  | 'queues'
  | 'idle-memory'
  | 'table-growth'
  | 'loss-cost'
  | 'timer-p99'
  | 'trace-cost';

/** One line of the table: synack beside one peer, both measured in the same run. */
export interface Row {
  readonly work: Work;
  /** `Gbit/s`, `µs`, `connections/s`, … */
  readonly unit: string;
  /** Medians over the runs. */
  readonly synack: number;
  readonly peer: number;
  /** `Node net over veth`, `iperf3 over veth`, … ; a figure that is quoted and not measured says so here, with its date. */
  readonly peerName: string;
  /** synack ÷ peer: the median of the ratios of pairs, where they were measured in pairs. */
  readonly ratio: number;
  /** Is more better, or less? */
  readonly better: 'more' | 'less';
  /** How many pairs were measured. */
  readonly runs: number;
  /** What else there is to say: p99, CPU use of both ends in % of a core, bytes. */
  readonly details?: Readonly<Record<string, number | string>>;
}
