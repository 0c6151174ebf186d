/** What the resolver has done, and what it could not use. */
export interface DnsCounters {
  /** Queries sent to a server, each try and each change to TCP counted. */
  sent: number;
  /** Answers that were used, errors of servers among them. */
  answered: number;
  /** Tries that ended without an answer in time. */
  timedOut: number;
  /** Tries that ended because the server could not be reached. */
  unreachable: number;
  /** Answers that were cut off, and asked for again by TCP. */
  truncated: number;
  /** Dropped: no DNS message. */
  malformed: number;
  /** Dropped: from another address, with another id, or to another question. */
  mismatched: number;
  /** Queries that had to wait for others to end, because `maxQueries` were under way. */
  waited: number;
  /** Queries that failed with ENOMEM, because `maxWaiting` were waiting. */
  refused: number;
}

export function newCounters(): DnsCounters {
  return {
    sent: 0,
    answered: 0,
    timedOut: 0,
    unreachable: 0,
    truncated: 0,
    malformed: 0,
    mismatched: 0,
    waited: 0,
    refused: 0,
  };
}
