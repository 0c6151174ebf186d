import type { Connection, Endpoint, Stack } from '../../src';
import { payload, sha256 } from './payload';
import type { Load, Received, Sent } from './path-calls';

/** synack connects to `to` and sends. Ends when the receiver closes, or a second after the limit. */
export function send(stack: Stack, to: Endpoint, { bytes, limit }: Load): Promise<Sent> {
  const data = payload(bytes);
  const connection = stack.tcp.open({ remote: to });
  return new Promise((resolve) => {
    let sent = 0;
    let start = monotonic();
    let timer: NodeJS.Timeout | undefined;
    const write = (): void => {
      while (sent < bytes) {
        const taken = connection.send(data.subarray(sent));
        if (typeof taken !== 'number') return;
        sent += taken;
      }
      connection.shutdown();
    };
    const finish = (): void => {
      clearTimeout(timer);
      const { retransmissions } = connection.status();
      const { congestion } = connection.status();
      resolve({ bytes: sent, start, end: monotonic(), congestion: congestion.algorithm, retransmissions });
    };
    connection.on('connect', () => {
      start = monotonic();
      timer = setTimeout(finish, limit + 1000);
      write();
    });
    connection.on('writable', write);
    connection.on('readable', () => {
      if (connection.receive() !== 'EAGAIN') finish();
    });
    connection.on('error', finish);
    connection.on('closed', finish);
  });
}

/** Kept from one transfer to the next, so that page faults fall into the first only. */
let room = Buffer.alloc(0);

/** synack listens on `port` and receives from the first who connects, until he closes or the limit has passed. */
export function receive(stack: Stack, port: number, { bytes, limit }: Load): Promise<Received> {
  // One byte more than there should be would be seen, too.
  if (room.length < bytes + 1) room = Buffer.alloc(bytes + 1, 1);
  const listener = stack.tcp.open({ passive: true, local: { port } });
  return new Promise((resolve) => {
    listener.on('connection', () => {
      const connection = listener.accept();
      if (typeof connection === 'string') return;
      listener.close();
      receiveFrom(connection, bytes, limit, resolve);
    });
  });
}

function receiveFrom(
  connection: Connection,
  bytes: number,
  limit: number,
  resolve: (received: Received) => void,
): void {
  const start = monotonic();
  let end = start;
  let received = 0;
  let isOver = false;
  const finish = (): void => {
    if (isOver) return;
    isOver = true;
    clearTimeout(timer);
    connection.close();
    resolve({ bytes: received, start, end, sha256: sha256(room.subarray(0, received)) });
  };
  const timer = setTimeout(() => {
    end = monotonic();
    finish();
  }, limit);
  const read = (): void => {
    if (isOver) return;
    for (;;) {
      const data = connection.receive(bytes + 1 - received);
      if (data === 'EAGAIN') break;
      if (typeof data === 'string' || received + data.length > bytes) {
        finish();
        return;
      }
      room.set(data, received);
      received += data.length;
    }
    end = monotonic();
  };
  connection.on('readable', read);
  connection.on('error', finish);
  read();
}

/** µs of CLOCK_MONOTONIC. */
function monotonic(): number {
  return Number(process.hrtime.bigint() / 1000n);
}
