import { impair, memoryPair, Stack, VirtualClock, type TraceEvent } from '../../src/core';
import type { Connection } from '../../src/tcp/user';
import { Recorder, type ConnectionRecord } from '../../src/inspect';
import { Ring, type Row, type SegmentRow } from '../../src/inspect/record';

/** A network of two hosts in virtual time, with a recorder at the server. */
export class Bench {
  readonly clock = new VirtualClock();
  readonly recorder = new Recorder();
  readonly client: Stack;
  readonly server: Stack;

  constructor({ loss = 0, seed = 7, rate }: { loss?: number; seed?: number; rate?: number } = {}) {
    const { clock } = this;
    const [left, right] = memoryPair({ clock });
    const wire = impair(left, { clock, seed, delay: 10_000, loss, ...(rate !== undefined && { rate }) });
    this.client = new Stack({ clock });
    this.server = new Stack({ clock });
    this.client.attach(wire, { address: '10.9.0.1/24' });
    this.server.attach(right, { address: '10.9.0.2/24' });
    this.server.observe((event: TraceEvent) => {
      this.recorder.event(event);
    });
  }

  /** Two programs, each given its connection, talk until `until`, µs. */
  talk(port: number, serve: (one: Connection) => void, call: (one: Connection) => void, until: number): void {
    const listener = this.server.tcp.open({ passive: true, local: { port } });
    listener.on('connection', () => {
      for (let one = listener.accept(); typeof one === 'object'; one = listener.accept()) serve(one);
    });
    call(this.client.tcp.open({ remote: { address: '10.9.0.2', port } }));
    this.clock.advanceTo(this.clock.now() + until);
  }

  get record(): ConnectionRecord {
    const record = [...this.recorder.connections.values()].at(-1);
    if (record === undefined) throw new Error('nobody has called');
    return record;
  }
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const TEXT = encoder.encode('All that is sent is sent until it is heard of again. '.repeat(1200));

/** Calls `heard` with each text, and `end` at the end. */
function listen(
  one: Connection,
  heard: (text: string, bytes: Uint8Array) => void,
  end: () => void = () => undefined,
): void {
  one.on('readable', () => {
    for (let data = one.receive(); data !== 'EAGAIN'; data = one.receive()) {
      if (typeof data === 'string') {
        end();
        return;
      }
      heard(decoder.decode(data), data);
    }
  });
}

export function echo(): ConnectionRecord {
  const bench = new Bench();
  bench.talk(
    7,
    (one) => {
      listen(
        one,
        (text) => one.send(encoder.encode(text.toUpperCase())),
        () => {
          one.shutdown();
        },
      );
    },
    (one) => {
      one.on('connect', () => one.send(encoder.encode('can you hear me?')));
      listen(one, () => {
        one.shutdown();
      });
    },
    200_000_000,
  );
  return bench.record;
}

/** The server sends so many bytes over a path that loses some. */
export function bulk(bytes: number, loss: number, rate = 20_000_000): ConnectionRecord {
  const bench = new Bench({ loss, rate });
  let left = bytes;
  bench.talk(
    80,
    (one) => {
      const push = (): void => {
        while (left > 0) {
          const taken = one.send(TEXT.subarray(0, Math.min(left, TEXT.length)));
          if (typeof taken === 'string') return;
          left -= taken;
        }
        one.shutdown();
      };
      one.on('writable', push);
      push();
      listen(one, () => undefined);
    },
    (one) => {
      listen(
        one,
        () => undefined,
        () => {
          one.shutdown();
        },
      );
    },
    120_000_000,
  );
  return bench.record;
}

const UPGRADE = [
  'GET /chat HTTP/1.1',
  'Host: 10.9.0.2',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Sec-WebSocket-Version: 13',
  '',
  '',
].join('\r\n');
const AGREED = [
  'HTTP/1.1 101 Switching Protocols',
  'Upgrade: websocket',
  'Connection: Upgrade',
  'Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  '',
  '',
].join('\r\n');

function frame(opcode: number, payload: string | readonly number[], mask: boolean): Uint8Array {
  const bytes = typeof payload === 'string' ? [...encoder.encode(payload)] : payload;
  const key = [1, 2, 3, 4];
  const head = [0x80 | opcode, (mask ? 0x80 : 0) | bytes.length];
  return Uint8Array.from(
    mask ? [...head, ...key, ...bytes.map((byte, at) => byte ^ (key[at % 4] ?? 0))] : [...head, ...bytes],
  );
}

export function webSocket(): ConnectionRecord {
  const bench = new Bench();
  bench.talk(
    80,
    (one) => {
      listen(
        one,
        (text, bytes) => {
          if (text.startsWith('GET')) one.send(encoder.encode(AGREED));
          else if ((bytes[0] ?? 0) % 16 === 8) {
            one.send(frame(8, [3, 232], false));
            one.shutdown();
          } else one.send(frame(1, '반가워! nice to hear you', false));
        },
        () => {
          one.shutdown();
        },
      );
    },
    (one) => {
      one.on('connect', () => one.send(encoder.encode(UPGRADE)));
      listen(
        one,
        (text) => {
          if (text.startsWith('HTTP')) one.send(frame(1, 'hello, 안녕', true));
          else if (text.includes('nice')) one.send(frame(8, [3, 232], true));
        },
        () => {
          one.shutdown();
        },
      );
    },
    200_000_000,
  );
  return bench.record;
}

export function refused(): ConnectionRecord {
  const bench = new Bench();
  bench.client.tcp.open({ remote: { address: '10.9.0.2', port: 9 } });
  bench.clock.advanceTo(2_000_000);
  return bench.record;
}

/** The same rows as if both ends had been seen: each arrives 10 ms later, or is lost. */
export function withArrivals(record: ConnectionRecord, delay = 10_000): Ring<Row> {
  const ring = new Ring<Row>(record.rows.limit);
  const rows: Row[] = [...record.rows].map((row): Row => {
    if (row.kind === 'note') return { ...row };
    const isLost = row.marks.has('lost');
    const sent = row.from === 'left' ? row.time - delay : row.time;
    const seen: SegmentRow = { ...row, time: sent, arrives: isLost ? undefined : sent + delay };
    return seen;
  });
  rows.sort((a, b) => a.time - b.time);
  for (const row of rows) ring.push({ ...row, index: ring.end });
  return ring;
}

/** A scene by its name. */
export function scene(name: string): ConnectionRecord {
  switch (name) {
    case 'loss':
      return bulk(120_000, 0.06);
    case 'bulk':
      return bulk(9_000_000, 0.004);
    case 'websocket':
      return webSocket();
    case 'refused':
      return refused();
    default:
      return echo();
  }
}
