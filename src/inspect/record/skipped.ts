import type { ConnectionId } from '../../tcp/trace';
import type { Variables } from '../../tcp/variables';

/** So many segments were not told one by one, since there were too many. */
export interface SkippedEvent {
  readonly type: 'skipped';
  /** When it is told, and since when they were skipped, µs. */
  readonly time: number;
  readonly since: number;
  readonly connection: ConnectionId;
  readonly segments: { readonly in: number; readonly out: number };
  readonly bytes: { readonly in: number; readonly out: number };
  /** As they stand now. */
  readonly variables: Variables | undefined;
}
