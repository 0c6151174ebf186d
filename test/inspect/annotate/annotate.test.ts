import { describe, expect, test } from '@jest/globals';
import { VirtualClock } from '../../../src/clock/virtual-clock';
import { annotate, TraceAnnotator, type AnnotateOptions } from '../../../src/inspect/annotate';
import { capture } from '../../../src/link/capture';
import { impair } from '../../../src/link/impair';
import { memoryPair } from '../../../src/link/memory';
import { Stack } from '../../../src/stack';
import { FilteredLink } from '../../support/filtered-link';
import { packetsIn } from '../../support/pcapng-packets';
import { segment } from '../script';

interface Setting extends AnnotateOptions {
  readonly offload?: boolean;
  /** The numbers, from 0, of the server's TCP frames with data that are lost on the way. */
  readonly lost?: readonly number[];
  readonly loses?: boolean;
  /** Both understand ECN, and a router marks what it may, both ways. */
  readonly marks?: boolean;
  readonly ipv6?: boolean;
}

/** A server with a capture of its link, and a client on the other end. */
function twoHosts({
  offload = false,
  lost = [],
  loses = false,
  marks = false,
  ipv6 = false,
  ...options
}: Setting = {}) {
  const clock = new VirtualClock();
  const [a, wire] = memoryPair({ clock, medium: 'ethernet', offload });
  // A cable with a length, where it need not carry segments whole.
  const b = offload ? wire : impair(wire, { clock, seed: 2, delay: 1000, out: { mark: marks ? 1 : 0 } });
  const server = new Stack({ clock, seed: 1 });
  const client = new Stack({ clock, seed: 2 });
  const blocks: Uint8Array[] = [];
  let count = 0;
  const out = (frame: Uint8Array): boolean => frame.length < 200 || !lost.includes(count++);
  const bad = loses || marks ? impair(a, { clock, seed: 1, out: marks ? { mark: 1 } : { loss: 1 } }) : undefined;
  const words = annotate(server, options);
  const behind = bad ?? (lost.length > 0 ? new FilteredLink(a, { out }) : a);
  const link = capture(behind, (bytes) => blocks.push(bytes), {
    clock,
    epoch: 0,
    comments: words,
    ...(bad && { counters: bad.counters }),
  });
  const address = (end: number): string[] => [`10.9.0.${end}/24`, ...(ipv6 ? [`fd00:9::${end}/64`] : [])];
  server.attach(link, { address: address(2), mac: '02:00:00:00:00:02', announce: false });
  client.attach(b, { address: address(1), mac: '02:00:00:00:00:01', announce: false });
  const listener = server.tcp.open({ passive: true, local: { port: 7 } });
  // Those of one packet in one line.
  const comments = () => packetsIn(Buffer.concat(blocks)).map((packet) => packet.comments.join(' | '));
  return { clock, server, client, listener, comments };
}

function connected(setting?: Setting) {
  const hosts = twoHosts(setting);
  const opened = hosts.client.tcp.open({ remote: { address: '10.9.0.2', port: 7 }, ecn: setting?.marks ?? 'passive' });
  hosts.clock.advanceBy(20_000);
  const accepted = hosts.listener.accept();
  if (typeof accepted === 'string') throw new Error('nobody came');
  return { ...hosts, opened, accepted };
}

describe('comments of a capture', () => {
  test('a handshake and a close: states, sentences, answers, variables', () => {
    const { clock, opened, accepted, comments } = connected();
    opened.send(new Uint8Array(10));
    clock.advanceBy(300_000);
    opened.close();
    clock.advanceBy(10_000);
    accepted.receive(100);
    accepted.close();
    clock.advanceBy(10_000);
    const tcp = comments().filter((each) => each.includes('#'));
    expect(tcp.map((each) => each.replace(/; timer.*| \| .*/, ''))).toMatchInlineSnapshot(`
      [
        "#2 LISTEN -> SYN-RECEIVED (rcv SYN): received SYN; "can you hear me?"; answered SYN-ACK",
        "#2 SYN-RECEIVED: sent SYN-ACK; "I hear you. do you hear me?"",
        "#2 SYN-RECEIVED -> ESTABLISHED (rcv ACK of SYN): received ACK of the handshake; "I hear you."; ACK of 1 byte",
        "#2 ESTABLISHED: received data, 10 bytes; answered ACK",
        "#2 ESTABLISHED: sent ACK",
        "#2 ESTABLISHED -> CLOSE-WAIT (rcv FIN): received first FIN; "I have sent everything. let's hang up."; answered ACK",
        "#2 CLOSE-WAIT: sent ACK of the FIN; "all right, one moment."",
        "#2 CLOSE-WAIT -> LAST-ACK (CLOSE): sent second FIN; "I am hanging up too."",
        "#2 LAST-ACK -> CLOSED (rcv ACK of FIN): received last ACK; "all right."; ACK of 1 byte",
      ]
    `);
    expect(tcp[1]).toMatch(
      /timer rto 1 s \| cwnd \d+, ssthresh none, in flight 0, srtt none, rto 1 s, their window \d+/,
    );
    expect(comments()[0]).toBe(
      'received ARP request; "who has 10.9.0.2?"; neighbour 10.9.0.1 is at 02:00:00:00:00:01: stale; ' +
        'answered ARP reply; "I have: 02:00:00:00:00:02"',
    );
  });

  test('what is lost is sent again, and the comments say why', () => {
    const { clock, accepted, comments } = connected({ lost: [0] });
    accepted.send(new Uint8Array(14_000));
    clock.advanceBy(3_000_000);
    const again = comments().filter((each) => each.includes(': sent retransmission'));
    expect(again).toHaveLength(1);
    expect(again[0]).toMatch(/#\d+ ESTABLISHED: sent retransmission, \d+ bytes, fast retransmit/);
    expect(comments().join('\n')).toMatch(/received duplicate ACK; SACK of \d+ more bytes/);
    expect(comments().join('\n')).toMatch(/ACK of \d+ bytes; congestion control: recovered/);
  });

  test('pieces of one segment say which they are, both ways', () => {
    const { clock, opened, accepted, comments } = connected({ offload: true });
    accepted.send(new Uint8Array(6000));
    clock.advanceBy(100_000);
    opened.send(new Uint8Array(5000));
    clock.advanceBy(100_000);
    const parts = comments().filter((each) => each.includes('part '));
    expect(parts.filter((each) => /: sent data, \d{4} bytes; part \d of \d/.test(each)).length).toBeGreaterThanOrEqual(
      4,
    );
    expect(
      parts.filter((each) => /: received data, \d{4} bytes; part \d of \d/.test(each)).length,
    ).toBeGreaterThanOrEqual(3);
  });

  test('what the bad network behind us has lost; in Korean', () => {
    const { clock, server, comments } = twoHosts({ loses: true, lang: 'ko' });
    server.tcp.open({ remote: { address: '10.9.0.1', port: 80 } });
    clock.advanceBy(500_000);
    expect(comments()[0]).toMatch(/^보냄: ARP request; .*; 나쁜 네트워크\(--impair\)가 한 일: lost$/);
  });

  test('nobody listens; what is dropped says why', () => {
    const { clock, client, comments } = twoHosts();
    client.tcp.open({ remote: { address: '10.9.0.2', port: 9 } });
    clock.advanceBy(50_000);
    const socket = client.udp.open();
    socket.send([new Uint8Array(5)], { address: '10.9.0.2', port: 99 });
    clock.advanceBy(50_000);
    const said = comments().join('\n');
    expect(said).toContain('CLOSED: received SYN; "can you hear me?"; answered RST-ACK');
    expect(said).toContain('CLOSED: sent reset (refused); "nobody listens on port 9."');
    expect(said).toMatch(
      /received datagram of 5 bytes; dropped udp.no-listener: .*; answered ICMP destination unreachable/,
    );
  });

  test.each([
    ['en', 'CE mark: a router on the way is congested', 'marked by the bad network (--impair)'],
    ['ko', 'CE 표시: 중간 라우터가 혼잡함', '나쁜 네트워크(--impair)가 한 일: marked'],
  ] as const)('a packet that a congested router has marked says so; in %s', (lang, mark, ours) => {
    const { clock, opened, accepted, comments } = connected({ lang, marks: true });
    opened.send(new Uint8Array(10));
    clock.advanceBy(100_000);
    const said = comments().filter((each) => each.includes(mark));
    expect(said).toHaveLength(1);
    expect(said[0]).toContain(lang === 'en' ? 'received data, 10 bytes; CE mark' : '받음: 데이터, 10바이트; CE');
    // Of ours the capture has what we sent, and the comment what became of it.
    accepted.send(new Uint8Array(20));
    clock.advanceBy(100_000);
    expect(comments().filter((each) => each.includes(ours))).toEqual([
      expect.stringMatching(/20( bytes|바이트), ECE; /),
    ]);
  });

  test('what is said about multicast groups, of IPv4 and of IPv6; in Korean', () => {
    const { clock, server, client, comments } = twoHosts({ lang: 'ko', ipv6: true });
    clock.advanceBy(5_000_000);
    for (const each of [server, client]) each.udp.open().join('239.1.2.3');
    clock.advanceBy(20_000_000);
    const said = comments().filter((each) => /IGMP|MLD/.test(each));
    expect(said).toEqual(
      expect.arrayContaining([
        '보냄: MLDv1 report; "ff02::1:ff00:2 그룹의 패킷을 받고 싶어."',
        '보냄: IGMPv2 report; "239.1.2.3 그룹의 패킷을 받고 싶어."',
        '받음: IGMPv2 report; "239.1.2.3 그룹의 패킷을 받고 싶어."',
      ]),
    );
  });

  test('events without packets, and packets without events, are bounded and harmless', () => {
    const annotator = new TraceAnnotator('en');
    for (let id = 1; id <= 6000; id++) {
      annotator.event(segment('> S 1000:1000(0) win 65535 | SYN-SENT', { id, reason: 'handshake' }));
      annotator.passes(new Uint8Array(id % 80), 1, 'in', id % 2 ? 'ethernet' : 'ip');
    }
    const remark = annotator.passes(new Uint8Array(60), 1, 'in', 'ip');
    annotator.settle();
    const { head, tail } = remark.comments();
    expect(head + tail).toBe('received, and nothing came of it');
  });
});
