import { expect } from 'expect';
import { once } from 'node:events';
import * as net from 'node:net';
import type { State } from '../../src/tcp/states';
import type { ConnectionOptions } from '../../src/tcp/user';
import type { Lab } from '../support/lab';
import { Gate } from '../support/lab-gate';
import { kernelSockets } from '../support/lab-sockets';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

labSuite(__filename, "The kernel's sockets as `ss` shows them, and ours", ['ss'], (test) => {
  test('the kernel calls', async (lab) => {
    const { stack, gate, port, states } = attach(lab);
    const listener = stack.tcp.open({ passive: true, local: { port } });
    expect(listener.state).toBe('LISTEN');
    gate.hold('in');
    gate.hold('out');

    kernelCalls(lab, port);
    await states('SYN-SENT', undefined);

    gate.open('in');
    await states('SYN-SENT', 'SYN-RECEIVED');

    gate.hold('in');
    gate.open('out');
    await states('ESTAB', 'SYN-RECEIVED');

    gate.open('in');
    await states('ESTAB', 'ESTABLISHED');
  });

  test('synack calls', async (lab) => {
    const { stack, gate, port, states } = attach(lab);
    await kernelListens(lab, port);
    expect(await lab.kernelSocket(port, 'LISTEN')).toMatchObject({ local: `${lab.kernel}:${port}`, receiveQueue: 0 });
    gate.hold('in');
    gate.hold('out');

    stack.tcp.open({ remote: { address: lab.kernel, port } });
    await states(undefined, 'SYN-SENT');

    gate.open('out');
    await states('SYN-RECV', 'SYN-SENT');

    gate.hold('out');
    gate.open('in');
    await states('SYN-RECV', 'ESTABLISHED');

    gate.open('out');
    await states('ESTAB', 'ESTABLISHED');
  });

  test('both call at once', async (lab) => {
    const { stack, gate, port, states } = attach(lab);
    const localPort = port + 1;
    gate.hold('in');
    kernelCalls(lab, port, localPort);
    await states('SYN-SENT', undefined);

    stack.tcp.open({ local: { port }, remote: { address: lab.kernel, port: localPort } });
    await states('SYN-RECV', 'SYN-SENT');

    gate.hold('out');
    gate.releaseOne('in');
    await states('SYN-RECV', 'SYN-RECEIVED');

    gate.open('in');
    gate.open('out');
    await states('ESTAB', 'ESTABLISHED');
  });

  test('the kernel closes first', async (lab) => {
    const { gate, theirs, ours, states } = await connected(lab);
    gate.hold('in');
    gate.hold('out');

    theirs.end();
    await states('FIN-WAIT-1', 'ESTABLISHED');

    gate.open('in');
    await states('FIN-WAIT-1', 'CLOSE-WAIT');

    gate.open('out');
    await states('FIN-WAIT-2', 'CLOSE-WAIT');

    gate.hold('out');
    ours.shutdown();
    await states('FIN-WAIT-2', 'LAST-ACK');

    gate.hold('in');
    gate.open('out');
    await states('TIME-WAIT', 'LAST-ACK');

    gate.open('in');
    await states('TIME-WAIT', undefined);
    expect(ours).toMatchObject({ state: 'CLOSED', error: undefined });
  });

  test('synack closes first', async (lab) => {
    const { gate, theirs, ours, states } = await connected(lab, { msl: 1_000_000 });
    gate.hold('in');
    gate.hold('out');

    ours.shutdown();
    await states('ESTAB', 'FIN-WAIT-1');

    gate.open('out');
    await states('CLOSE-WAIT', 'FIN-WAIT-1');

    gate.open('in');
    await states('CLOSE-WAIT', 'FIN-WAIT-2');

    gate.hold('in');
    theirs.end();
    await states('LAST-ACK', 'FIN-WAIT-2');

    gate.open('in');
    await states(undefined, 'TIME-WAIT');
    await states(undefined, undefined); // 2 MSL later, which was time enough to look at the kernel's sockets
    expect(ours).toMatchObject({ state: 'CLOSED', error: undefined });
  });

  test('both close at once', async (lab) => {
    const { gate, theirs, ours, states } = await connected(lab);
    gate.hold('in');
    theirs.end();
    await states('FIN-WAIT-1', 'ESTABLISHED');

    ours.shutdown();
    await states('CLOSING', 'FIN-WAIT-1');

    gate.hold('out');
    gate.releaseOne('in');
    await states('CLOSING', 'CLOSING');

    gate.open('in');
    await states('CLOSING', 'TIME-WAIT');

    gate.open('out');
    await states('TIME-WAIT', 'TIME-WAIT');
  });

  test('MSS and window scale are what each side was told', async (lab) => {
    const { stack, port } = attach(lab);
    const server = await kernelListens(lab, port);
    const ours = stack.tcp.open({ remote: { address: lab.kernel, port }, mss: 1000 });
    await once(server, 'connection');
    const { info } = await lab.kernelSocket(port, 'ESTAB');
    const { mss, windowScale } = ours.status();
    // Beside the timestamps, as the kernel counts too.
    expect(mss).toEqual({ send: 1448, receive: 1000 });
    expect([info.get('mss'), info.get('advmss'), info.get('pmtu')]).toEqual(['988', '1448', '1500']);
    // First the shift of the windows that the kernel is offered: ours.
    expect(info.get('wscale')).toBe(`${windowScale.receive},${windowScale.send}`);
    expect(windowScale.send).toBeGreaterThan(0);
    // ECN is taken when it is asked for, and neither asks.
    expect(ours.status()).toMatchObject({ timestamps: true, sack: true, ecn: false });
  });

  test('no window scale where the kernel has it turned off', async (lab) => {
    lab.sysctl('tcp_window_scaling', '0');
    const { port, ours } = await connected(lab);
    const { info } = await lab.kernelSocket(port, 'ESTAB');
    expect(info.has('wscale')).toBe(false);
    expect(ours.status()).toMatchObject({ windowScale: { send: 0, receive: 0 }, rcv: { wnd: 65_535 } });
  });

  test('nobody reads: our window closes, and the rest waits at the kernel', async (lab) => {
    const { port, theirs, ours } = await connected(lab, { receiveBuffer: 65_536 });
    theirs.write(Buffer.alloc(100_000));
    await until(
      () => `a closed window, not of ${ours.status().rcv.wnd} bytes`,
      () => ours.status().rcv.wnd === 0,
    );
    const { sendQueue, info } = await lab.kernelSocket(port, 'ESTAB');
    expect(ours.status()).toMatchObject({ bytesReceived: 65_536, buffered: { receive: 65_536 } });
    expect(sendQueue).toBe(100_000 - 65_536);
    expect(info.get('bytes_acked')).toBe('65537'); // and the SYN

    let received = 0;
    await until(
      () => `100,000 bytes; ${received} came`,
      () => {
        for (let bytes = ours.receive(); typeof bytes !== 'string'; bytes = ours.receive()) received += bytes.length;
        return received === 100_000;
      },
    );
    await until(
      () => 'the last ACK',
      async () => (await lab.kernelSocket(port, 'ESTAB')).sendQueue === 0,
    );
  });

  test('nobody listens at the kernel: ECONNREFUSED, in the fields as in Node', async (lab) => {
    const { stack, port } = attach(lab);
    const ours = await refusal(stack.net.connect(port, lab.kernel));
    const nodes = await refusal(net.connect(port, lab.kernel));
    expect(ours.message).toBe(nodes.message);
    expect(Object.entries(ours)).toEqual(Object.entries(nodes));
    expect(ours).toMatchObject({ code: 'ECONNREFUSED', syscall: 'connect', address: lab.kernel, port });
    expect(lab.history).toEqual(['SYN-SENT', 'CLOSED', 'RST in']);
  });

  test('nobody listens at the kernel: ECONNREFUSED, in the low-level API', async (lab) => {
    const { stack, port } = attach(lab);
    const ours = stack.tcp.open({ remote: { address: lab.kernel, port } });
    const refused = new Promise((fulfil) => ours.on('error', fulfil));
    expect(await refused).toBe('ECONNREFUSED');
    expect(ours).toMatchObject({ state: 'CLOSED', error: 'ECONNREFUSED' });
    expect([ours.send(new Uint8Array(1)), ours.receive()]).toEqual(['ECONNREFUSED', 'ECONNREFUSED']);
  });
});

/** Each test has ports of its own: the kernel's sockets in TIME-WAIT outlast a test. */
let nextPort = 4000;

/** A stack, and a gate between it and the kernel. */
function attach(lab: Lab) {
  const port = nextPort;
  nextPort += 2;
  const gates: Gate[] = [];
  const stack = lab.attach({
    through: (tap) => {
      const gate = new Gate(tap);
      gates.push(gate);
      return gate;
    },
  });
  const [gate] = gates;
  if (gate === undefined) throw new Error('nothing was put in between');

  /**
   * Waits until the connection is in these states: as the kernel sees it, and as the stack does; `undefined` when there
   * is none. It stays there when the gate holds what it needs to go on.
   */
  async function states(kernel: string | undefined, ours: State | undefined): Promise<void> {
    let seen: readonly unknown[] = [];
    await until(
      () => `the states ${kernel} and ${ours}; they are ${seen.join(' and ')}`,
      async () => {
        const socket = (await kernelSockets(port)).find(({ state }) => state !== 'LISTEN');
        seen = [socket?.state, stack.tcp.connections()[0]?.state];
        return seen[0] === kernel && seen[1] === ours;
      },
    );
  }

  return { stack, gate, port, states };
}

/** A connection that the kernel has opened to a stack. */
async function connected(lab: Lab, options: ConnectionOptions = {}) {
  const attached = attach(lab);
  const { stack, port, states } = attached;
  const listener = stack.tcp.open({ ...options, passive: true, local: { port } });
  const theirs = kernelCalls(lab, port);
  await states('ESTAB', 'ESTABLISHED');
  const ours = listener.accept();
  if (typeof ours === 'string') throw new Error(`cannot accept: ${ours}`);
  return { ...attached, theirs, ours };
}

/** The error that a socket fails with. */
async function refusal(socket: net.Socket): Promise<Error> {
  const [error] = (await once(socket, 'error')) as [Error];
  return error;
}

function kernelCalls(lab: Lab, port: number, localPort?: number): net.Socket {
  const socket = net.connect({ host: lab.address, port, localAddress: lab.kernel, localPort, allowHalfOpen: true });
  lab.atEnd(() => socket.destroy());
  return socket;
}

async function kernelListens(lab: Lab, port: number): Promise<net.Server> {
  const server = net.createServer({ allowHalfOpen: true });
  server.on('connection', (socket) => {
    lab.atEnd(() => socket.destroy());
  });
  lab.atEnd(() => server.close());
  await once(server.listen(port, lab.kernel), 'listening');
  return server;
}
