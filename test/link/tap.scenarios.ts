import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { setImmediate as turn, setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { LinkError } from '../../src/link/errors';
import { joinFrame } from '../../src/link/link';
import { TapLink, type TapOptions } from '../../src/link/tap';
import { ARP_REPLY, emitArp, emitEthernet, ETHERTYPE, viewEthernet, WireError } from '../../src/wire';
import { REGISTER } from '../support/typescript';

const HOST = '10.9.0.1/24';
const OUR_MAC = '02:00:00:00:00:02';

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function sh(command: string): string {
  return execFileSync('bash', ['-c', command], { encoding: 'utf8' });
}

function etherType(frame: Uint8Array): number {
  const view = viewEthernet(frame);
  return view instanceof WireError ? 0 : view.type;
}

/** Resolves with the first frame of this EtherType. */
function frameOf(link: TapLink, type: number): Promise<Uint8Array> {
  return new Promise((resolve) => {
    link.onReceive = (batch) => {
      const frame = batch.find((each) => etherType(each) === type);
      if (frame !== undefined) resolve(frame);
    };
  });
}

export async function describeNew(options: TapOptions) {
  const link = TapLink.open('tap%d', { host: HOST, ...options });
  const { name, medium, mtu, offload, kernelOffload, hostMac } = link;
  const shown = sh(`ip -brief address show ${name}; cat /sys/class/net/${name}/{address,mtu}`);
  await link.close();
  return { name, medium, mtu, offload, kernelOffload, hostMac, shown };
}

export async function arpRequest() {
  const link = TapLink.open('tap0', { host: HOST });
  const ping = spawn('ping', ['-c', '1', '-W', '1', '10.9.0.2']);
  const frame = await frameOf(link, ETHERTYPE.ARP);
  ping.kill();
  await link.close();
  return { frame: hex(frame), hostMac: link.hostMac };
}

/** The kernel queues numbered datagrams while the loop is kept from turning; then they are read. */
export async function manyFrames(count: number, payloadBytes: number) {
  const link = TapLink.open('tap0', { host: HOST });
  const batches: (readonly Uint8Array[])[] = [];
  let received = 0;
  const all = new Promise<void>((resolve) => {
    link.onReceive = (batch) => {
      batches.push(batch);
      received += batch.length;
      if (received >= count) resolve();
    };
  });
  sh(`ip neigh replace 10.9.0.2 lladdr ${OUR_MAC} dev tap0
      for ((i = 0; i < ${count}; i++)); do printf '%0${payloadBytes}d' $i >/dev/udp/10.9.0.2/9; done`);
  await all;
  await link.close();
  return {
    batches: batches.map((batch) => batch.length),
    slabs: new Set(batches.map((batch) => batch[0]?.buffer)).size,
    // Read only now: nothing that came later may have touched them. 14 + 20 + 8 bytes of headers come first.
    payloads: batches.flat().map((frame) => Buffer.from(frame.subarray(42)).toString()),
  };
}

/** An answer to the kernel's ARP request, in `slices` slices; the kernel's neighbour table shows that it arrived. */
export async function arpReply(slices: number) {
  const link = TapLink.open('tap0', { host: HOST });
  const ping = spawn('ping', ['-c', '1', '-W', '1', '10.9.0.2']);
  const reply = emitArp({
    operation: ARP_REPLY,
    senderMac: OUR_MAC,
    senderAddress: '10.9.0.2',
    targetMac: link.hostMac,
    targetAddress: '10.9.0.1',
  });
  const frame = emitEthernet({ dst: link.hostMac, src: OUR_MAC, type: ETHERTYPE.ARP, tags: [], payload: reply });
  const padded = joinFrame([frame, new Uint8Array(slices)]);
  const cuts = Array.from({ length: slices }, (_, i) => padded.subarray(i, i + 1));
  await frameOf(link, ETHERTYPE.ARP);
  const echo = frameOf(link, ETHERTYPE.IPV4);
  const taken = link.send([...cuts, padded.subarray(slices)]);
  link.flush();
  const toUs = hex((await echo).subarray(0, 6));
  const neighbour = sh('ip neigh show dev tap0');
  const packets = Number(readFileSync('/sys/class/net/tap0/statistics/rx_packets', 'utf8'));
  ping.kill();
  await link.close();
  return { taken, toUs, neighbour, packets };
}

/** The kernel's end counts frames against sendBuffer until another processor has taken them (receive packet steering). */
export async function fullAndDrained() {
  const link = TapLink.open('tap0', { host: HOST, sendBuffer: 1024 });
  writeFileSync('/sys/class/net/tap0/queues/rx-0/rps_cpus', '2');
  sh(`taskset --pid 1 ${process.pid}`);
  const frame = [new Uint8Array(1514).fill(255)];
  const drained = new Promise<void>((resolve) => (link.onDrain = resolve));
  let sent = 0;
  while (sent < 100_000 && link.send(frame)) sent++;
  const wasFull = sent < 100_000;
  await drained;
  const takenAfterwards = link.send(frame);
  await link.close();
  return { wasFull, takenAfterwards, refused: link.refused };
}

function failure(open: () => TapLink) {
  try {
    void open().close();
    return 'opened';
  } catch (error) {
    return error instanceof LinkError ? { code: error.code, message: error.message } : String(error);
  }
}

export function openFailure(name: string, options: TapOptions) {
  return failure(() => TapLink.open(name, options));
}

export function openTwice() {
  const link = TapLink.open('tap0');
  const second = failure(() => TapLink.open('tap0'));
  void link.close();
  return second;
}

/** What happens after a command has changed this namespace's mounts, with or without root's rights. */
export function openAfter(command: string, user: number) {
  sh(command);
  process.seteuid?.(user);
  return failure(() => TapLink.open('tap0'));
}

export async function closeAndReopen() {
  const first = TapLink.open('tap0');
  await first.close();
  await first.close();
  const afterClose = sh('ip -brief link show type tun');
  const second = TapLink.open('tap0', { persist: true });
  await second.close();
  const afterPersistent = sh('ip -brief link show type tun');
  const third = TapLink.open('tap0');
  const errors: string[] = [];
  first.onError = (error) => errors.push(error.code);
  const taken = first.send([new Uint8Array(60)]);
  first.flush();
  await third.close();
  return { afterClose, afterPersistent, taken, refused: first.refused, errors };
}

export async function closeInCallback() {
  const link = TapLink.open('tap0', { host: HOST });
  let calls = 0;
  sh(`ip neigh replace 10.9.0.2 lladdr ${OUR_MAC} dev tap0
      for ((i = 0; i < 300; i++)); do echo >/dev/udp/10.9.0.2/9; done`);
  await new Promise<void>((resolve) => {
    link.onReceive = () => {
      calls++;
      void link.close();
      resolve();
    };
  });
  await turn();
  await turn();
  return calls;
}

export async function throwInCallback() {
  const link = TapLink.open('tap0', { host: HOST });
  const thrown = new Promise((resolve) => process.once('uncaughtException', resolve));
  link.onReceive = () => {
    throw new Error('from onReceive');
  };
  spawn('ping', ['-c', '1', '-W', '1', '10.9.0.2']);
  const error = await thrown;
  const next = frameOf(link, ETHERTYPE.ARP);
  await next;
  await link.close();
  return String(error);
}

export async function sendWhileDown() {
  const link = TapLink.open('tap0');
  const errors: { code: string; message: string }[] = [];
  link.onError = ({ code, message }) => errors.push({ code, message });
  const taken = [1, 2].map(() => {
    const isTaken = link.send([new Uint8Array(60)]);
    link.flush();
    return isTaken;
  });
  await link.close();
  return { taken, refused: link.refused, errors };
}

export async function deleted() {
  const link = TapLink.open('tap0', { host: HOST });
  const gone = new Promise<LinkError>((resolve) => (link.onError = resolve));
  sh('ip link delete tap0');
  const { code, message } = await gone;
  await link.close();
  const taken = link.send([new Uint8Array(60)]);
  link.flush();
  return { code, message, taken, refused: link.refused };
}

const OPEN = `require(${JSON.stringify(REGISTER)}); const link = require('./src/link/tap').TapLink.open('tap0');`;

/**
 * Runs a program that opens a TAP and then does `andThen`; the code with which it ends, 7 if after so many ms it has to be made to.
 * One that is to end by itself needs much time on a busy machine.
 */
export function endOfProgram(andThen: string, time: number) {
  const program = `${OPEN} setTimeout(() => process.exit(7), ${time}).unref(); ${andThen}`;
  const { status, signal, stderr } = spawnSync(process.execPath, ['-e', program]);
  return { status, signal, stderr: stderr.toString() };
}

export async function workerTerminated() {
  const worker = new Worker(`${OPEN} require('node:worker_threads').parentPort.postMessage(0)`, { eval: true });
  await new Promise((resolve) => worker.once('message', resolve));
  const whileOpen = failure(() => TapLink.open('tap0'));
  const exitCode = await worker.terminate();
  await delay(0);
  const afterwards = failure(() => TapLink.open('tap0'));
  return { whileOpen, exitCode, afterwards };
}
