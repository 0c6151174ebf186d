import type { ConnectionRecord } from '../../src/inspect';
import { Ring, type Row, type SegmentRow } from '../../src/inspect/record';
import type { Connection } from '../../src/tcp/user';
import { Hosts, listen, push, type Path } from './hosts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();
const TEXT = encoder.encode('All that is sent is sent until it is heard of again. '.repeat(1200));

/** Two programs talk for so long, µs; what the server saw. */
function talk(
  port: number,
  serve: (one: Connection) => void,
  call: (one: Connection) => void,
  until = 200_000_000,
  path: Partial<Path> = {},
): ConnectionRecord {
  const hosts = new Hosts({ path: { delay: 10_000, loss: 0, ...path }, seenAt: 'server', seed: 7 });
  hosts.connect(port, serve, call);
  hosts.clock.advanceTo(until);
  return recordOf(hosts);
}

function recordOf({ record }: Hosts): ConnectionRecord {
  if (record === undefined) throw new Error('nobody has called');
  return record;
}

function echo(): ConnectionRecord {
  return talk(
    7,
    (one) => {
      listen(
        one,
        (bytes) => one.send(encoder.encode(decoder.decode(bytes).toUpperCase())),
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
  );
}

/** The server sends so many bytes over a path that loses some. */
function bulk(bytes: number, loss: number, rate = 20_000_000): ConnectionRecord {
  return talk(
    80,
    (one) => {
      push(one, TEXT, bytes, () => {
        one.shutdown();
      });
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
    { loss, rate },
  );
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

function webSocket(): ConnectionRecord {
  return talk(
    80,
    (one) => {
      listen(
        one,
        (bytes) => {
          if (decoder.decode(bytes).startsWith('GET')) one.send(encoder.encode(AGREED));
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
        (bytes) => {
          const text = decoder.decode(bytes);
          if (text.startsWith('HTTP')) one.send(frame(1, 'hello, 안녕', true));
          else if (text.includes('nice')) one.send(frame(8, [3, 232], true));
        },
        () => {
          one.shutdown();
        },
      );
    },
  );
}

function refused(): ConnectionRecord {
  const hosts = new Hosts({ path: { delay: 10_000, loss: 0 }, seenAt: 'server', seed: 7 });
  hosts.client.tcp.open({ remote: { address: '10.9.0.2', port: 9 } });
  hosts.clock.advanceTo(2_000_000);
  return recordOf(hosts);
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
