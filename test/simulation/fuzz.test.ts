import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { add } from '../../src/tcp/sequence';
import { STATES } from '../../src/tcp/states';
import { readUint32, writeUint16 } from '../../src/wire/bytes';
import { checksum } from '../../src/wire/checksum';
import { emitIcmp, type IcmpMessage } from '../../src/wire/icmp';
import { PROTOCOL } from '../../src/wire/ipv4';
import { pseudoHeaderSum } from '../../src/wire/pseudo-header';
import { FLAG } from '../../src/wire/tcp';
import type { TcpOption } from '../../src/wire/tcp-options';
import { SOAK } from '../support/simulation';
import { packet, RECEIVE_BUFFER, Target } from '../support/simulation-target';

const SEED = 1;
const { SYN, ACK, RST, FIN } = FLAG;

const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
/** Distances from a sequence number at which something could go wrong. */
const distance = fc.oneof(
  fc.constantFrom(0, 1, -1, 2, 1000, RECEIVE_BUFFER - 1, RECEIVE_BUFFER, RECEIVE_BUFFER + 1, 2 ** 31, 2 ** 31 - 1),
  fc.integer({ min: -70_000, max: 70_000 }),
  uint32,
);

const option: fc.Arbitrary<TcpOption> = fc.oneof(
  fc.record({ kind: fc.constant('mss' as const), mss: fc.nat({ max: 65_535 }) }),
  fc.record({ kind: fc.constant('window-scale' as const), shift: fc.nat({ max: 255 }) }),
  fc.record({ kind: fc.constant('timestamps' as const), value: uint32, echo: uint32 }),
  fc.constant<TcpOption>({ kind: 'sack-permitted' }),
  fc.record({
    kind: fc.constant('unknown' as const),
    code: fc.integer({ min: 70, max: 255 }),
    data: fc.uint8Array({ maxLength: 4 }),
  }),
);

/** A segment whose numbers are near those that the connection has. */
const segment = fc.record({
  flags: fc.oneof(fc.constantFrom(ACK, SYN, RST, FIN | ACK, SYN | ACK, RST | ACK, 0), fc.nat({ max: 511 })),
  seq: distance,
  ack: distance,
  from: fc.constantFrom('una', 'nxt'),
  window: fc.oneof(fc.constantFrom(0, 1, 65_535), fc.nat({ max: 65_535 })),
  urgent: fc.nat({ max: 65_535 }),
  options: fc.array(option, { maxLength: 3 }),
  length: fc.oneof(fc.constantFrom(0, 1, 1000), fc.nat({ max: 1400 })),
  port: fc.oneof({ weight: 6, arbitrary: fc.constant(41_234) }, { weight: 1, arbitrary: fc.nat({ max: 65_535 }) }),
});

/** A packet that went by, or could have, with some of it changed; its checksums are good again where `mend` says so. */
const mutation = fc.record({
  of: fc.constantFrom('last', 'next', 'syn'),
  changes: fc.array(fc.tuple(fc.nat({ max: 100 }), fc.nat({ max: 255 })), { minLength: 1, maxLength: 4 }),
  cut: fc.option(fc.nat({ max: 60 })),
  more: fc.uint8Array({ maxLength: 20 }),
  mend: fc.boolean(),
});

const icmp = fc.record({
  type: fc.constantFrom('destination-unreachable', 'time-exceeded', 'parameter-problem', 'source-quench'),
  code: fc.nat({ max: 16 }),
  mtu: fc.nat({ max: 65_535 }),
  /** Where in our last packet something is changed. */
  at: fc.option(fc.nat({ max: 40 })),
});

type Missile =
  | { kind: 'bytes'; bytes: Uint8Array }
  | { kind: 'segment'; of: typeof segment extends fc.Arbitrary<infer T> ? T : never }
  | { kind: 'mutation'; of: typeof mutation extends fc.Arbitrary<infer T> ? T : never }
  | { kind: 'icmp'; of: typeof icmp extends fc.Arbitrary<infer T> ? T : never }
  | { kind: 'time'; time: number };

const missile: fc.Arbitrary<Missile> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('bytes' as const), bytes: fc.uint8Array({ maxLength: 120 }) }),
  },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('segment' as const), of: segment }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('mutation' as const), of: mutation }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('icmp' as const), of: icmp }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('time' as const), time: fc.integer({ min: 1, max: 3_000_000 }) }),
  },
);

describe.each(STATES)('anything at all, at a stack with a connection in %s', (state) => {
  test('never throws, never loops, never keeps more than it may, never leaves the legal ways', () => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(missile, { minLength: 1, maxLength: 60, size: 'max' }), (busy, missiles) => {
        const target = new Target(state, busy);
        for (const each of missiles) {
          if (each.kind === 'time') target.pass(each.time);
          else target.inject(build(target, each));
        }
        target.pass(600_000_000);
        expect(target.listener?.state).toBe(target.listener && 'LISTEN');
      }),
      { seed: SEED, numRuns: 200 * SOAK },
    );
  });
});

/** A sequence number outside of the window, and so many octets that reach neither it nor around to it. */
const outsideFields = {
  beyond: fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 2 ** 32 - 3 * RECEIVE_BUFFER })),
  flags: fc.nat({ max: 511 }),
  ack: distance,
  window: fc.nat({ max: 65_535 }),
  options: fc.array(option, { maxLength: 3 }),
  length: fc.constantFrom(0, 1, 1000),
};
const outside = fc.record(outsideFields);

describe('an attacker who does not see the connection', () => {
  const synchronised = STATES.filter((state) => !['CLOSED', 'LISTEN', 'SYN-SENT'].includes(state));

  test.each(synchronised)('cannot do anything to it in %s with segments outside of the window', (state) => {
    fc.assert(
      fc.property(fc.boolean(), fc.array(outside, { minLength: 1, maxLength: 50, size: 'max' }), (busy, attack) => {
        const target = new Target(state, busy);
        // In TIME-WAIT a new connection may take the old one's place (RFC 9293 §3.6.1), if somebody listens.
        if (state === 'TIME-WAIT') target.listener?.close();
        const before = important(target);
        for (const { beyond, ack, length, ...fields } of attack) {
          const { rcv, snd } = status(target);
          const seq = add(rcv.nxt, rcv.wnd + beyond);
          target.inject(target.segment({ ...fields, seq, ack: add(snd.una, ack), payload: new Uint8Array(length) }));
        }
        expect(important(target)).toEqual(before);
      }),
      { seed: SEED, numRuns: 100 * SOAK },
    );
  });
});

describe('an attacker who does not see a SYN', () => {
  test('cannot end the handshake with an ACK of something else, nor with a RST that acknowledges nothing', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ ...outsideFields, rst: fc.boolean() }), { maxLength: 50, size: 'max' }),
        (attack) => {
          const target = new Target('SYN-SENT');
          const before = important(target);
          for (const { beyond, flags, rst, ack, length, ...fields } of attack) {
            const { iss } = status(target).snd;
            target.inject(
              target.segment({
                ...fields,
                seq: beyond,
                flags: rst ? (flags | RST) & ~ACK : flags | ACK,
                ack: ack === 1 ? iss : add(iss, ack),
                payload: new Uint8Array(length),
              }),
            );
          }
          expect(important(target)).toEqual(before);
        },
      ),
      { seed: SEED, numRuns: 100 * SOAK },
    );
  });
});

/** What an attack must leave alone. */
function important(target: Target): unknown {
  const { state, snd, rcv, buffered, error, bytesReceived, bytesAcked } = status(target);
  return { state, snd, rcv, buffered, error, bytesReceived, bytesAcked };
}

function status(target: Target) {
  if (target.connection === undefined) throw new Error('there is no connection');
  return target.connection.status();
}

function build(target: Target, each: Exclude<Missile, { kind: 'time' }>): Uint8Array {
  const now = target.connection?.status();
  switch (each.kind) {
    case 'bytes':
      return each.bytes;
    case 'segment': {
      const { seq, ack, from, length, port, ...fields } = each.of;
      const base = from === 'una' ? now?.snd.una : now?.snd.nxt;
      return target.segment({
        ...fields,
        seq: add(now?.rcv.nxt ?? 0, seq),
        ack: add(base ?? 0, ack),
        srcPort: port,
        payload: new Uint8Array(length),
      });
    }
    case 'mutation': {
      const { of, changes, cut, more, mend } = each.of;
      const original =
        of === 'last' && target.last.length > 0
          ? target.last
          : target.segment(of === 'syn' ? { flags: SYN, options: [{ kind: 'mss', mss: 1460 }] } : { payload: more });
      const bytes = Uint8Array.from([...original.subarray(0, cut ?? original.length), ...more]);
      for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
      if (mend) mendChecksums(bytes);
      return bytes;
    }
    case 'icmp': {
      const { type, code, mtu, at } = each.of;
      const quoted = target.last.slice(0, 28);
      if (at !== null && quoted.length > 0) quoted[at % quoted.length] = mtu & 255;
      const message = { type, code, nextHopMtu: mtu, pointer: mtu & 255, quoted } as IcmpMessage;
      return packet(PROTOCOL.ICMP, emitIcmp(message));
    }
  }
}

/** Makes a mutated packet pass for a good one as far as lengths and checksums go. */
function mendChecksums(bytes: Uint8Array): void {
  if (bytes.length < 40) return;
  bytes[0] = 0x45;
  bytes[9] = PROTOCOL.TCP;
  writeUint16(bytes, 2, bytes.length);
  writeUint16(bytes, 10, 0);
  writeUint16(bytes, 10, checksum(bytes.subarray(0, 20)));
  const segment = bytes.subarray(20);
  const src = readUint32(bytes, 12);
  const dst = readUint32(bytes, 16);
  writeUint16(segment, 16, 0);
  writeUint16(segment, 16, checksum(segment, pseudoHeaderSum(src, dst, PROTOCOL.TCP, segment.length)));
}
