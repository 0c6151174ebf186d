import { expect } from 'expect';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import * as net from 'node:net';
import { impair, type ImpairedLink } from '../../src/link/impair';
import type { FrameFilter } from '../../src/link/impairment';
import type { State } from '../../src/tcp/states';
import type { ConnectionOptions } from '../../src/tcp/user';
import { FLAG, viewEthernet, viewIpv4, viewTcp, WireError } from '../../src/wire';
import type { Lab } from '../support/lab';
import { kernelSockets } from '../support/lab-sockets';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

labSuite(__filename, "The kernel's sockets as `ss` shows them, and ours", ['ss'], (test) => {
  test('the kernel calls', async (lab) => {
    const { stack, network, port, states } = attach(lab);
    const listener = stack.tcp.open({ passive: true, local: { port } });
    expect(listener.state).toBe('LISTEN');

    network.set({ in: { filter: drop(isSyn) } });
    kernelCalls(lab, port);
    await states('SYN-SENT', undefined);

    network.set({ in: { filter: undefined }, out: { filter: drop(isSyn) } });
    await states('SYN-SENT', 'SYN-RECEIVED');

    network.set({ out: { filter: undefined } });
    await states('ESTAB', 'ESTABLISHED');
  });

  test('synack calls', async (lab) => {
    const { stack, network, port, states } = attach(lab);
    await kernelListens(lab, port);
    expect(await lab.kernelSocket(port, 'LISTEN')).toMatchObject({ local: `${lab.kernel}:${port}`, receiveQueue: 0 });

    network.set({ out: { filter: drop(isSyn) } });
    stack.tcp.open({ remote: { address: lab.kernel, port } });
    await states(undefined, 'SYN-SENT');

    network.set({ out: { filter: drop((flags) => !isSyn(flags)) } });
    await states('SYN-RECV', 'ESTABLISHED');

    network.set({ out: { filter: undefined } });
    await states('ESTAB', 'ESTABLISHED');
  });

  test('both call at once', async (lab) => {
    const { stack, network, port, states } = attach(lab);

    // Their SYN is on its way for so long that ours crosses it; and no SYN-ACK arrives.
    const filter = drop((flags) => flags !== FLAG.SYN);
    network.set({ in: { delay: 300_000, filter }, out: { filter } });
    const localPort = port + 1;
    kernelCalls(lab, port, localPort);
    await states('SYN-SENT', undefined);
    stack.tcp.open({ local: { port }, remote: { address: lab.kernel, port: localPort } });
    await states('SYN-RECV', 'SYN-SENT');
    await states('SYN-RECV', 'SYN-RECEIVED');

    network.set({ in: { delay: 0, filter: undefined }, out: { filter: undefined } });
    await states('ESTAB', 'ESTABLISHED');
  });

  test('the kernel closes first', async (lab) => {
    const { network, theirs, ours, states } = await connected(lab);

    network.set({ in: { filter: drop(isFin) } });
    theirs.end();
    await states('FIN-WAIT-1', 'ESTABLISHED');

    network.set({ in: { filter: undefined } });
    await states('FIN-WAIT-2', 'CLOSE-WAIT');

    network.set({ out: { filter: drop(isFin) } });
    ours.shutdown();
    await states('FIN-WAIT-2', 'LAST-ACK');

    network.set({ out: { filter: undefined } });
    await states('TIME-WAIT', undefined);
    expect(ours).toMatchObject({ state: 'CLOSED', error: undefined });
  });

  test('synack closes first', async (lab) => {
    const { network, theirs, ours, states } = await connected(lab, { msl: 100_000 });

    network.set({ out: { filter: drop(isFin) } });
    ours.shutdown();
    await states('ESTAB', 'FIN-WAIT-1');

    network.set({ out: { filter: undefined } });
    await states('CLOSE-WAIT', 'FIN-WAIT-2');

    network.set({ in: { filter: drop(isFin) } });
    theirs.end();
    await states('LAST-ACK', 'FIN-WAIT-2');

    network.set({ in: { filter: undefined } });
    await states(undefined, 'TIME-WAIT');
    await states(undefined, undefined); // 2 MSL later
    expect(ours).toMatchObject({ state: 'CLOSED', error: undefined });
  });

  test('both close at once', async (lab) => {
    const { network, theirs, ours, states } = await connected(lab);

    // Their FIN is on its way for so long that ours crosses it; and no ACK of a FIN arrives.
    const filter = drop((flags) => !isFin(flags));
    network.set({ in: { delay: 300_000, filter }, out: { filter } });
    theirs.end();
    await states('FIN-WAIT-1', 'ESTABLISHED');
    ours.shutdown();
    await states('CLOSING', 'FIN-WAIT-1');
    await states('CLOSING', 'CLOSING');

    network.set({ in: { delay: 0, filter: undefined }, out: { filter: undefined } });
    await states('TIME-WAIT', 'TIME-WAIT');
  });

  test('MSS and window scale are what each side was told', async (lab) => {
    const { stack, port } = attach(lab);
    const server = await kernelListens(lab, port);
    const ours = stack.tcp.open({ remote: { address: lab.kernel, port }, mss: 1000 });
    await once(server, 'connection');
    const { info } = await lab.kernelSocket(port, 'ESTAB');
    const { mss, windowScale } = ours.status();
    expect(mss).toEqual({ send: 1460, receive: 1000 });
    expect([info.get('mss'), info.get('advmss'), info.get('pmtu')]).toEqual(['1000', '1460', '1500']);
    // First the shift of the windows that the kernel is offered: ours.
    expect(info.get('wscale')).toBe(`${windowScale.receive},${windowScale.send}`);
    expect(windowScale.send).toBeGreaterThan(0);
    // Options that synack does not offer.
    expect([info.has('ts'), info.has('sack'), info.has('ecn')]).toEqual([false, false, false]);
  });

  test('no window scale where the kernel has it turned off', async (lab) => {
    writeFileSync('/proc/sys/net/ipv4/tcp_window_scaling', '0'); // in this lab
    lab.atEnd(() => {
      writeFileSync('/proc/sys/net/ipv4/tcp_window_scaling', '1');
    });
    const { port, ours } = await connected(lab);
    const { info } = await lab.kernelSocket(port, 'ESTAB');
    expect(info.has('wscale')).toBe(false);
    expect(ours.status()).toMatchObject({ windowScale: { send: 0, receive: 0 }, rcv: { wnd: 65_535 } });
  });

  test('nobody reads: our window closes, and the rest waits at the kernel', async (lab) => {
    const { port, theirs, ours } = await connected(lab, { receiveBuffer: 65_536 });
    theirs.write(Buffer.alloc(200_000));
    await until(
      () => `a closed window, not of ${ours.status().rcv.wnd} bytes`,
      () => ours.status().rcv.wnd === 0,
    );
    const { sendQueue, info } = await lab.kernelSocket(port, 'ESTAB');
    expect(ours.status()).toMatchObject({ bytesReceived: 65_536, buffered: { receive: 65_536 } });
    expect(sendQueue).toBe(200_000 - 65_536);
    expect(info.get('bytes_acked')).toBe('65537'); // and the SYN

    let received = 0;
    await until(
      () => `200,000 bytes; ${received} came`,
      () => {
        for (let bytes = ours.receive(); typeof bytes !== 'string'; bytes = ours.receive()) received += bytes.length;
        return received === 200_000;
      },
    );
    await until(
      () => 'the last ACK',
      async () => (await lab.kernelSocket(port, 'ESTAB')).sendQueue === 0,
    );
  });

  test('nobody listens at the kernel: ECONNREFUSED, in the fields as in Node', async (lab) => {
    const { stack, port } = attach(lab);
    const [ours] = await once(stack.net.connect(port, lab.kernel), 'error');
    const [nodes] = await once(net.connect(port, lab.kernel), 'error');
    expect(ours).toEqual(nodes); // the message
    expect({ ...ours }).toEqual({ ...nodes });
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

/** A stack, and the network between it and the kernel. */
function attach(lab: Lab) {
  const port = nextPort;
  nextPort += 2;
  const networks: ImpairedLink[] = [];
  const stack = lab.attach({
    through: (tap, clock) => {
      const network = impair(tap, { clock, seed: 1 });
      networks.push(network);
      return network;
    },
  });
  const [network] = networks;
  if (network === undefined) throw new Error('nothing was put in between');

  /**
   * Waits until the connection is in these states: as the kernel sees it, and as the stack does; `undefined` when there
   * is none. It stays there where frames are dropped that it needs to go on.
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

  return { stack, network, port, states };
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

const isSyn = (flags: number): boolean => (flags & FLAG.SYN) !== 0;
const isFin = (flags: number): boolean => (flags & FLAG.FIN) !== 0;

/** Drops the TCP segments whose flags are so. */
function drop(predicate: (flags: number) => boolean): FrameFilter {
  return (frame) => {
    const ethernet = viewEthernet(frame);
    const ip = ethernet instanceof WireError ? ethernet : viewIpv4(ethernet.payload);
    const tcp = ip instanceof WireError ? ip : viewTcp(ip.payload);
    return !(tcp instanceof WireError) && predicate(tcp.flags) ? 'drop' : 'pass';
  };
}
