import { WebSocketServer } from 'ws';
import { Stack, TapLink } from '../../src';

/** What the server tells when it is asked: by `SIGUSR2`, as a line of JSON. */
export interface ServerMemory {
  /** Octets that live after a collection: of JavaScript, of buffers, of the process. */
  readonly heap: number;
  readonly buffers: number;
  readonly process: number;
  /** Connections of any state, and WebSockets. */
  readonly connections: number;
  readonly sockets: number;
  /** Segments sent again, and drops. */
  readonly counters: Readonly<Record<string, number>>;
}

const { SYNACK_TAP = 'tap0', SYNACK_ADDRESS = '10.9.0.2/24' } = process.env;

const stack = new Stack({ tcp: { msl: 100_000 } });
stack.attach(TapLink.open(SYNACK_TAP), { address: SYNACK_ADDRESS });
const web = stack.http.createServer();
const server = new WebSocketServer({ server: web });
server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    socket.send(data, { binary: isBinary });
  });
});
web.listen(80, () => {
  console.log('listening');
});

process.on('SIGUSR2', () => {
  // Twice: what finalizers let go of is free only then.
  global.gc?.();
  global.gc?.();
  const { heapUsed, arrayBuffers, rss } = process.memoryUsage();
  const memory: ServerMemory = {
    heap: heapUsed,
    buffers: arrayBuffers,
    process: rss,
    connections: stack.tcp.connections().length,
    sockets: server.clients.size,
    counters: stack.counters,
  };
  console.log(JSON.stringify(memory));
});
