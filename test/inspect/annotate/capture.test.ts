import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../src/clock/virtual-clock';
import { TraceAnnotator } from '../../../src/inspect/annotate';
import { capturable } from '../../../src/link/capture';
import { CaptureComments, type Annotator, type Remark } from '../../../src/link/capture-comments';
import { finishReceived, finishSent } from '../../../src/link/finish';
import { impair } from '../../../src/link/impair';
import type { Link } from '../../../src/link/link';
import { memoryPair } from '../../../src/link/memory';
import { Stack } from '../../../src/stack';
import { requireAddress } from '../../../src/wire/address';
import { sum } from '../../../src/wire/checksum';
import { WireError } from '../../../src/wire/error';
import { ETHERTYPE, viewEthernet } from '../../../src/wire/ethernet';
import { IPV4_HEADER, parseIpv4, PROTOCOL } from '../../../src/wire/ipv4';
import { parseTcp, tcpChecksumIsGood, type TcpSegment } from '../../../src/wire/tcp';
import { octets } from '../../support/octets';
import { packetsIn } from '../../support/pcapng-packets';

/** A frame that a link has taken or brought, as a wire would have carried it. */
interface Carried {
  readonly direction: 'in' | 'out';
  readonly bytes: Uint8Array;
}

/** `link`, and what it carries. */
function watched(link: Link): { readonly link: Link; readonly carried: Carried[] } {
  const carried: Carried[] = [];
  const note = (direction: Carried['direction'], frames: readonly Uint8Array[]): void => {
    for (const bytes of frames) carried.push({ direction, bytes: Uint8Array.from(bytes) });
  };
  const { name, medium, mtu, offload } = link;
  const around: Link = {
    ...{ name, medium, mtu, offload, onReceive: () => undefined, onDrain: () => undefined },
    send: (frame, work) => {
      const frames = finishSent(frame, work, medium);
      const taken = link.send(frame, work);
      if (taken) note('out', frames);
      return taken;
    },
    flush: () => link.flush?.(),
    close: () => link.close(),
  };
  link.onReceive = (batch, info) => {
    for (const [at, frame] of batch.entries()) note('in', finishReceived(frame, info?.[at] ?? 0, medium));
    around.onReceive(batch, info);
  };
  link.onDrain = () => {
    around.onDrain();
  };
  return { link: around, carried };
}

/** `annotator`, and the remarks that it makes. */
function noted(annotator: TraceAnnotator) {
  const remarks: { readonly remark: Remark; readonly pieces: number }[] = [];
  const around: Annotator = {
    passes: (bytes, pieces, direction, medium) => {
      const remark = annotator.passes(bytes, pieces, direction, medium);
      remarks.push({ remark, pieces });
      return remark;
    },
    settle: () => {
      annotator.settle();
    },
  };
  return { around, remarks };
}

/** What a remark says of each of its packet's pieces. */
function textsOf({ remark, pieces }: { readonly remark: Remark; readonly pieces: number }): string[][] {
  const { head, part, tail, more } = remark.comments();
  const named = (piece: number): string => new TextDecoder().decode(part?.(piece) ?? new Uint8Array(0));
  return Array.from({ length: pieces }, (_, piece) => [head + named(piece) + tail, ...more]);
}

function segmentIn(bytes: Uint8Array): TcpSegment | undefined {
  const ethernet = viewEthernet(bytes);
  if (ethernet instanceof WireError || ethernet.type !== ETHERTYPE.IPV4) return undefined;
  const packet = parseIpv4(ethernet.payload);
  if (packet instanceof WireError) throw new Error(packet.message);
  expect(sum(ethernet.payload, 0, 0, IPV4_HEADER)).toBe(0xffff);
  expect(packet.protocol).toBe(PROTOCOL.TCP);
  expect(tcpChecksumIsGood(packet.payload, requireAddress(packet.src), requireAddress(packet.dst))).toBe(true);
  const segment = parseTcp(packet.payload);
  if (segment instanceof WireError) throw new Error(segment.message);
  return segment;
}

describe('the bytes of a capture with comments', () => {
  test.each([
    ['a link that carries segments whole, with room for one', { offload: true, queue: 1, loss: 0 }],
    ['a wire that loses some', { offload: false, queue: 1000, loss: 0.1 }],
  ])('%s: each packet as the link has carried it, each comment as the annotator says it', (_, setting) => {
    const clock = new VirtualClock();
    const { offload, queue, loss } = setting;
    const [near, far] = memoryPair({ clock, medium: 'ethernet', offload, queue });
    const { link, carried } = watched(near);
    const server = new Stack({ clock, seed: 1 });
    const client = new Stack({ clock, seed: 2 });
    const annotator = new TraceAnnotator('ko');
    server.observe((event) => {
      annotator.event(event);
    });
    const { around, remarks } = noted(annotator);
    const [withComments, plain]: [Uint8Array[], Uint8Array[]] = [[], []];
    const captured = capturable(link, { clock, epoch: 1_700_000_000_000_000 });
    captured.add((bytes) => withComments.push(bytes), new CaptureComments(around));
    captured.add((bytes) => plain.push(bytes));
    server.attach(captured, { address: '10.9.0.2/24', mac: '02:00:00:00:00:02', announce: false });
    const wire = offload ? far : impair(far, { clock, seed: 4, delay: 1000, loss });
    client.attach(wire, { address: '10.9.0.1/24', mac: '02:00:00:00:00:01', announce: false });

    const listener = server.tcp.open({ passive: true, local: { port: 7 } });
    const calling = client.tcp.open({ remote: { address: '10.9.0.2', port: 7 } });
    clock.advanceBy(5_000_000);
    const accepted = listener.accept();
    if (typeof accepted === 'string') throw new Error(accepted);
    accepted.send(octets(0, 60_000));
    calling.send(octets(0, 20_000));
    for (let i = 0; i < 400; i++) {
      clock.advanceBy(100_000);
      for (const each of [accepted, calling]) each.receive(100_000);
    }
    captured.flush();

    const packets = packetsIn(Buffer.concat(withComments));
    expect(packets.map(({ direction, bytes }) => ({ direction, bytes }))).toEqual(carried);
    expect(packetsIn(Buffer.concat(plain))).toEqual(packets.map((each) => ({ ...each, comments: [] })));
    const said = remarks.flatMap(textsOf);
    if (offload) {
      // Those that were refused were asked about, too.
      expect(near.counters.refused).toBeGreaterThan(0);
      const texts = new Set(said.map((each) => each.join('\n')));
      expect(packets.filter(({ comments }) => !texts.has(comments.join('\n')))).toEqual([]);
      expect(said.length).toBeGreaterThan(packets.length);
    } else expect(packets.map(({ comments }) => comments)).toEqual(said);

    // Put together, they are what was sent.
    const stream = new Uint8Array(60_000);
    let count = 0;
    let first: number | undefined;
    for (const { direction, bytes, comments } of packets) {
      const segment = segmentIn(bytes);
      if (segment === undefined) continue;
      expect(comments[0]).toMatch(direction === 'in' ? /: 받음: / : /: 보냄: /);
      expect(comments[1]).toMatch(/^cwnd \d/);
      if (direction === 'in') continue;
      first ??= segment.seq + 1;
      stream.set(segment.payload, Math.max(0, (segment.seq - first) | 0));
      count += 1;
    }
    expect(count).toBeGreaterThan(40);
    expect(Buffer.from(stream).equals(octets(0, 60_000))).toBe(true);
  });
});
