import { Recorder, type ConnectionRecord, type RecorderOptions, type Row, type SegmentRow } from '../../../src/inspect';
import type { Connection, ConnectionOptions } from '../../../src/tcp/user';
import { MINUTE, World, type WorldOptions } from '../../support/simulation';

/** Two hosts with a bad network between them, and a recorder on each. */
export class RecordedWorld extends World {
  readonly seen: { readonly a: Recorder; readonly b: Recorder };

  constructor(options: WorldOptions, recorder: RecorderOptions = {}) {
    super(options);
    this.seen = { a: new Recorder(recorder), b: new Recorder(recorder) };
    for (const { name, stack } of this.hosts)
      stack.observe((event) => {
        this.seen[name].event(event);
      });
  }

  only(host: 'a' | 'b'): ConnectionRecord {
    const [record, ...others] = this.seen[host].connections.values();
    if (record === undefined || others.length > 0)
      throw new Error(`${host} has seen ${others.length} connections more`);
    return record;
  }
}

export interface Transfer {
  readonly bytes: number;
  /** Of the one who receives. */
  readonly receiver?: ConnectionOptions;
  /** When the receiver begins to take what came, µs. Default: at once. */
  readonly readsFrom?: number;
  /** Called after each segment that came to a, before a answers. */
  readonly each?: (world: RecordedWorld) => void;
  readonly recorder?: RecorderOptions;
}

/** a calls b, sends so many bytes and closes; b takes everything, says nothing and closes. Runs until both are done. */
export function transfer(
  options: WorldOptions,
  { bytes, receiver = {}, readsFrom = 0, each, recorder }: Transfer,
): RecordedWorld {
  const world = new RecordedWorld(options, recorder);
  const { a, b, clock } = world;
  a.stack.observe((event) => {
    if (event.type === 'segment' && event.direction === 'in') each?.(world);
  });
  let open = 2;
  const done = (): void => {
    open -= 1;
  };
  const listener = b.stack.tcp.open({ passive: true, local: { port: 80 }, ...receiver });
  listener.on('connection', () => {
    const connection = listener.accept();
    if (typeof connection === 'string') throw new Error(connection);
    connection.on('closed', done);
    const start = clock.now() + readsFrom;
    connection.on('readable', () => {
      if (clock.now() >= start) take(connection);
    });
    clock.schedule(start, () => {
      take(connection);
    });
  });
  const call = a.stack.tcp.open({ remote: { address: b.address, port: 80 } });
  let left = bytes;
  const give = (): void => {
    while (left > 0) {
      const taken = call.send(new Uint8Array(Math.min(left, 65_536)).fill(120));
      if (typeof taken !== 'number') return;
      left -= taken;
    }
    call.shutdown();
  };
  call.on('connect', give).on('writable', give).on('closed', done);
  world.runUntil(
    () => {
      return open === 0;
    },
    30 * MINUTE,
    () => `the end of ${open} ends`,
  );
  return world;
}

function take(connection: Connection): void {
  for (;;) {
    const data = connection.receive();
    if (data === 'EOF') connection.shutdown();
    if (typeof data === 'string') return;
  }
}

export const segments = (rows: Iterable<Row>): SegmentRow[] =>
  [...rows].filter((row): row is SegmentRow => row.kind === 'segment');
