import { describe, expect, test } from '@jest/globals';
import { Flow, isIcmpError, readFlow, readQuotedFlow } from '../../../../src/ip/forward/nat/flow';
import { Nat } from '../../../../src/ip/forward/nat/nat';
import { NAT_DEFAULTS, type NatOptions } from '../../../../src/ip/forward/nat/options';
import { Pool } from '../../../../src/ip/forward/nat/pool';
import { rewrite } from '../../../../src/ip/forward/nat/rewrite';
import { KIND, type Kind } from '../../../../src/ip/forward/nat/session';
import { followTcp, tcpPhase } from '../../../../src/ip/forward/nat/tcp-state';
import { requireIpv4Address } from '../../../../src/wire/address';
import { PROTOCOL, viewIpv4 } from '../../../../src/wire/ipv4';
import { FLAG } from '../../../../src/wire/tcp';
import { udpChecksumIsGood, viewUdp } from '../../../../src/wire/udp';
import { good, TestHost } from '../../harness';
import { udp } from '../router';

const INNER = requireIpv4Address('10.0.0.2');
const EXTERNAL = requireIpv4Address('192.0.2.1');
const REMOTE = requireIpv4Address('192.0.2.9');

describe('the ends of a packet', () => {
  const read = (protocol: number, bytes: Uint8Array, quoted = false) => {
    const flow = new Flow();
    const reader = quoted ? readQuotedFlow : readFlow;
    return { said: reader(flow, protocol, INNER, REMOTE, bytes, 0, bytes.length), flow };
  };
  const echo = (type: number): Uint8Array => Uint8Array.of(type, 0, 0, 0, 0x12, 0x34, 0, 1);

  test.each([
    ['TCP', PROTOCOL.TCP, 20],
    ['UDP', PROTOCOL.UDP, 8],
    ['ICMP', PROTOCOL.ICMP, 8],
  ] as const)('%s ends within its header', (_name, protocol, length) => {
    expect(read(protocol, new Uint8Array(length)).said).toBe('good');
    expect(read(protocol, new Uint8Array(length - 1)).said).toBe('malformed');
  });

  test('an echo request’s identifier stands for the port of who asks, a reply’s for whom it is for', () => {
    expect(read(PROTOCOL.ICMP, echo(8)).flow).toMatchObject({ srcPort: 0x1234, dstPort: 0, isReply: false });
    expect(read(PROTOCOL.ICMP, echo(0)).flow).toMatchObject({ srcPort: 0, dstPort: 0x1234, isReply: true });
  });

  test.each([
    ['a timestamp request', PROTOCOL.ICMP, echo(13)],
    ['GRE', 47, new Uint8Array(20)],
  ])('%s is not translated, nor the quotation of one', (_what, protocol, bytes) => {
    expect(read(protocol, bytes).said).toBe('protocol');
    expect(read(protocol, bytes, true).said).toBe('protocol');
  });

  test('errors of ICMP are those whose quotation is translated', () => {
    expect(Array.from({ length: 20 }, (_, type) => type).filter(isIcmpError)).toEqual([3, 11, 12]);
  });
});

describe('ports', () => {
  const create = (pool: Pool, kind: Kind, port: number, isFree: (port: number) => boolean = () => true, random = 0) =>
    pool.create(kind, INNER, port, () => random, isFree)?.externalPort;

  test('stay as they are where they are free', () => {
    const pool = new Pool(EXTERNAL);
    expect(create(pool, KIND.UDP, 5000)).toBe(5000);
    expect(create(pool, KIND.TCP, 5000)).toBe(5000);
    expect(
      pool.create(
        KIND.UDP,
        REMOTE,
        5000,
        () => 7,
        () => true,
      )?.externalPort,
    ).toBe(1031);
  });

  test('0 is none; as an identifier of echo it is one', () => {
    expect(create(new Pool(EXTERNAL), KIND.UDP, 0)).toBe(512);
    expect(create(new Pool(EXTERNAL), KIND.ICMP, 0)).toBe(0);
  });

  test('below 1024 there is another one below 1024, above one above (RFC 4787 REQ-3 a)', () => {
    for (const random of [0, 511, 512, 0xffffffff]) {
      const low = create(new Pool(EXTERNAL), KIND.UDP, 53, (port) => port !== 53, random) ?? 0;
      expect(low).toBeGreaterThanOrEqual(512);
      expect(low).toBeLessThan(1024);
      const high = create(new Pool(EXTERNAL), KIND.UDP, 5000, (port) => port !== 5000, random) ?? 0;
      expect(high).toBeGreaterThanOrEqual(1024);
      expect(high).toBeLessThan(65_536);
      const identifier = create(new Pool(EXTERNAL), KIND.ICMP, 53, (port) => port !== 53, random) ?? 0;
      expect(identifier).toBeGreaterThanOrEqual(1024);
    }
  });

  test('where none of many is free there is none', () => {
    let tried = 0;
    const isFree = (): boolean => {
      tried++;
      return false;
    };
    expect(create(new Pool(EXTERNAL), KIND.UDP, 5000, isFree)).toBeUndefined();
    expect(tried).toBe(129);
  });

  test('a mapping that goes leaves nothing', () => {
    const pool = new Pool(EXTERNAL);
    const mapping = good(
      pool.create(
        KIND.UDP,
        INNER,
        5000,
        () => 0,
        () => true,
      ),
    );
    expect(pool.inner(KIND.UDP, INNER, 5000)).toBe(mapping);
    pool.remove(mapping);
    expect(pool.inner(KIND.UDP, INNER, 5000)).toBeUndefined();
    expect(pool.outer(KIND.UDP, 5000)).toBeUndefined();
    expect(pool.size).toBe(0);
  });
});

describe('checksums of what is rewritten (RFC 1624)', () => {
  test('a UDP checksum that comes out as 0 is sent as all ones (RFC 768)', () => {
    for (let port = 1; port < 65_536; port++) {
      const bytes = udp('10.0.0.2:5000', '192.0.2.9:53');
      rewrite(bytes, 0, 20, bytes.length, KIND.UDP, 'source', EXTERNAL, port, true);
      if (bytes[26] !== 0xff || bytes[27] !== 0xff) continue;
      const view = good(viewIpv4(bytes));
      expect(udpChecksumIsGood(good(viewUdp(view.payload)), view.src, view.dst)).toBe(true);
      return;
    }
    throw new Error('no port makes it zero');
  });

  test('one that is not there yet, and one that is cut off, are left alone', () => {
    const before = udp('10.0.0.2:5000', '192.0.2.9:53');
    const unfilled = new Uint8Array(before);
    rewrite(unfilled, 0, 20, unfilled.length, KIND.UDP, 'source', EXTERNAL, 7, false);
    expect(unfilled.subarray(26, 28)).toEqual(before.subarray(26, 28));
    const quoted = new Uint8Array(before);
    rewrite(quoted, 0, 20, 27, KIND.UDP, 'source', EXTERNAL, 7, true);
    expect(quoted.subarray(26, 28)).toEqual(before.subarray(26, 28));
  });
});

describe('a connection by its flags (RFC 5382 §5, RFC 7857 §2)', () => {
  const phases = (...steps: readonly (readonly [flags: number, fromInside: boolean])[]): string[] => {
    let state = 0;
    return steps.map(([flags, fromInside]) => tcpPhase((state = followTcp(state, flags, fromInside))));
  };
  const { SYN, ACK, FIN, RST } = FLAG;

  test('opens with a word from each side, and one after both', () => {
    expect(phases([SYN, true], [SYN | ACK, false], [ACK, true])).toEqual(['opening', 'opening', 'established']);
    expect(phases([SYN, true], [ACK, true], [ACK, true])).toEqual(['opening', 'opening', 'opening']);
  });

  test('closes when both have, or one has reset it; a segment behind a RST takes that back', () => {
    const open = [
      [SYN, true],
      [SYN | ACK, false],
      [ACK, true],
    ] as const;
    expect(phases(...open, [FIN | ACK, true], [ACK, false], [FIN | ACK, false]).slice(3)).toEqual([
      'established',
      'established',
      'closing',
    ]);
    expect(phases(...open, [FIN | ACK, false], [FIN | ACK, false]).at(-1)).toBe('established');
    expect(phases(...open, [RST, false], [ACK, true]).slice(3)).toEqual(['closing', 'established']);
    expect(phases(...open, [RST, false], [SYN, true]).at(-1)).toBe('opening');
  });
});

describe('who is behind a port', () => {
  const flow = (fields: Partial<Flow> = {}): Flow =>
    Object.assign(new Flow(), { kind: KIND.UDP, src: INNER, srcPort: 5000, dst: REMOTE, dstPort: 53 }, fields);
  const back = (fields: Partial<Flow> = {}): Flow =>
    flow({ src: REMOTE, srcPort: 53, dst: EXTERNAL, dstPort: 5000, ...fields });
  const nat = (options: NatOptions = {}, isTaken: ConstructorParameters<typeof Nat>[2] = () => false) => {
    const host = new TestHost();
    const forwards = [{ kind: KIND.TCP, port: 80, inner: INNER, innerPort: 8080 }];
    const made = new Nat(host, { ...NAT_DEFAULTS, ...options }, isTaken, (external) =>
      external === EXTERNAL ? forwards : [],
    );
    return { host, nat: made };
  };

  test('a packet of the host’s own to a port that somebody inside has, too, is the host’s', () => {
    const { nat: one } = nat({}, (...[, , port, , remotePort]) => port === 5000 && remotePort === 99);
    one.outbound(flow(), EXTERNAL);
    expect(one.inbound(back(), one.pool(EXTERNAL))).toMatchObject({ inner: INNER });
    expect(one.inbound(back({ srcPort: 99 }), one.pool(EXTERNAL))).toBe('local');
    expect(one.inbound(back({ srcPort: 98 }), one.pool(EXTERNAL))).toBe('refused');
    expect(one.turnsBack(flow({ dst: EXTERNAL, dstPort: 5000, srcPort: 99 }))).toBeUndefined();
    expect(one.turnsBack(flow({ dst: EXTERNAL, dstPort: 5000, srcPort: 98 }))).toMatchObject({ inner: INNER });
  });

  test('an echo request from outside is ours, whoever inside has the identifier', () => {
    const { nat: one } = nat();
    one.outbound(flow({ kind: KIND.ICMP, dstPort: 0 }), EXTERNAL);
    const request = back({ kind: KIND.ICMP, srcPort: 0, isReply: false });
    expect(one.inbound(request, one.pool(EXTERNAL))).toBe('local');
    expect(one.inbound(back({ kind: KIND.ICMP, srcPort: 0, isReply: true }), one.pool(EXTERNAL))).toMatchObject({
      inner: INNER,
    });
    expect(one.turnsBack(Object.assign(request, { src: INNER }))).toBeUndefined();
  });

  test('a port that is forwarded is not the host’s, and a RST opens none', () => {
    const { nat: one } = nat();
    const pool = one.pool(EXTERNAL);
    expect(one.has(PROTOCOL.TCP, EXTERNAL, 80, REMOTE, 7)).toBe(true);
    expect(one.has(PROTOCOL.TCP, EXTERNAL, 81, REMOTE, 7)).toBe(false);
    expect(one.has(PROTOCOL.UDP, EXTERNAL, 80, REMOTE, 7)).toBe(false);
    const segment = (flags: number) => back({ kind: KIND.TCP, srcPort: 7, dstPort: 80, flags });
    expect(one.inbound(segment(FLAG.RST), pool)).toBe('refused');
    expect(one.size).toBe(0);
    expect(one.inbound(segment(FLAG.SYN), pool)).toMatchObject({ inner: INNER, innerPort: 8080 });
    expect(one.size).toBe(1);
  });

  test('a port forward outlives its sessions', () => {
    const { nat: one, host } = nat();
    const segment = () => back({ kind: KIND.TCP, srcPort: 7, dstPort: 80, flags: FLAG.SYN });
    one.inbound(segment(), one.pool(EXTERNAL));
    host.clock.advanceTo(NAT_DEFAULTS.tcpTransitoryTimeout);
    expect(one.size).toBe(0);
    expect(host.clock.nextDeadline()).toBeUndefined();
    expect(one.inbound(segment(), one.pool(EXTERNAL))).toMatchObject({ innerPort: 8080 });
  });

  test('an address that goes takes its sessions along, and no others, and no timer stays', () => {
    const { nat: one, host } = nat();
    one.outbound(flow(), EXTERNAL);
    one.outbound(flow({ srcPort: 5001 }), EXTERNAL + 1);
    one.forget(EXTERNAL);
    expect(one.sessions.map(({ external }) => external)).toEqual(['192.0.2.2:5001']);
    expect(one.has(PROTOCOL.TCP, EXTERNAL, 80, REMOTE, 7)).toBe(false);
    one.forget(EXTERNAL + 1);
    expect(host.clock.nextDeadline()).toBeUndefined();
    one.outbound(flow(), EXTERNAL);
    expect(host.clock.nextDeadline()).toBe(NAT_DEFAULTS.udpTimeout);
  });

  test('when all is full, what nobody has answered goes first: datagrams before connections, and the oldest', () => {
    const { nat: one, host } = nat({ sessions: 2 });
    one.outbound(flow({ kind: KIND.TCP, flags: FLAG.SYN }), EXTERNAL);
    one.outbound(flow({ srcPort: 5001 }), EXTERNAL);
    one.outbound(flow({ srcPort: 5002 }), EXTERNAL);
    expect(one.sessions.map(({ inner }) => inner).sort()).toEqual(['10.0.0.2:5000', '10.0.0.2:5002']);
    expect(host.counters).toMatchObject({ 'nat.full': 1 });
  });

  test('the mapping whose last session made room is made anew', () => {
    const { nat: one } = nat({ sessions: 1 });
    const mapping = one.outbound(flow(), EXTERNAL);
    const next = one.outbound(flow({ dstPort: 54 }), EXTERNAL);
    expect(next).not.toBe(mapping);
    expect(one.inbound(back({ srcPort: 54 }), one.pool(EXTERNAL))).toBe(next);
    expect(one.size).toBe(1);
  });
});
