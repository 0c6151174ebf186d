import type { Purpose, SegmentRow } from '../../inspect';
import type { State } from '../../tcp/states';
import type { Run } from './run';
import { MILLISECOND, SECOND, type Texts } from './text';

/** Something that a lesson says of how a run ends, or went, and that is checked. */
export interface Claim extends Texts {
  /** Asked when the run is done. */
  readonly holds: (run: Run) => boolean;
}

/** A claim in its own words. */
export function claim(texts: Texts, holds: (run: Run) => boolean): Claim {
  return { ...texts, holds };
}

/** The segments of a host on its first wire, in the order in which they were sent; with a purpose, only those. */
export function segmentsOf(run: Run, host: string, purpose?: Purpose): SegmentRow[] {
  const plug = run.host(host).plugs[0];
  const timeline = plug === undefined ? undefined : run.timelines[plug.wire.index];
  if (plug === undefined || timeline === undefined) return [];
  return timeline.rows
    .slice()
    .filter((row) => row.kind === 'segment')
    .filter((row) => {
      const frame = timeline.frameOf(row);
      return (
        row.from === plug.end && frame?.id !== undefined && (purpose === undefined || row.reading.purpose === purpose)
      );
    });
}

/** Both ends of the first connection are in these states at the end. */
export function ends(a: State, b: State): Claim {
  return claim(
    { en: `In the end A is ${a} and B is ${b}.`, ko: `마지막에 A는 ${a}, B는 ${b} 상태다.` },
    (run) => run.state('A') === a && run.state('B') === b,
  );
}

/** A host's end of its first connection was in these states, in this order, and in no others. */
export function passes(host: string, ...states: readonly State[]): Claim {
  const way = states.join(' → ');
  return claim(
    { en: `${host} goes this way: ${way}.`, ko: `${host}가 지나는 상태: ${way}.` },
    (run) => run.path(host).join(' → ') === way,
  );
}

/** It never was in this state. */
export function never(host: string, state: State): Claim {
  return claim(
    { en: `${host} never comes into ${state}.`, ko: `${host}는 한 번도 ${state} 상태가 되지 않는다.` },
    (run) => run.host(host).records.every(({ path }) => path.right.every(({ to }) => to !== state)),
  );
}

/** A host sends so many segments of a kind, those that are sent again included. */
export function sends(host: string, purpose: Purpose, count: number): Claim {
  const { en, ko } = NAMES[purpose];
  const times = count === 0 ? 'never sends' : count === 1 ? 'sends once' : `sends ${count} times`;
  return claim(
    {
      en: `${host} ${times}: ${en}.`,
      ko: count === 0 ? `${host}는 ${ko} 세그먼트를 보내지 않는다.` : `${host}는 ${ko} 세그먼트를 ${count}회 보낸다.`,
    },
    (run) => segmentsOf(run, host, purpose).length === count,
  );
}

/**
 * A host sends its first segment of a kind again, so long after the one before (µs), and no oftener. A time is met when it is off by less than
 * an eighth, since it may be measured.
 */
export function resends(host: string, purpose: Purpose, ...after: readonly number[]): Claim {
  const { en, ko } = NAMES[purpose];
  const seconds = (text: string): string => text.replace(' s', '초').replace(' ms', 'ms');
  return claim(
    {
      en: `${host} sends its ${en} again after ${after.map(duration).join(', then ')}.`,
      ko: `${host}는 ${ko} 세그먼트를 ${after.map((time) => `${seconds(duration(time))} 뒤에`).join(', 그다음 ')} 다시 보낸다.`,
    },
    (run) => {
      const [first, ...others] = segmentsOf(run, host, purpose);
      if (first === undefined) return false;
      const { seq } = first.event.segment;
      const times = [first, ...others.filter((row) => row.event.segment.seq === seq)].map(({ time }) => time);
      return (
        times.length === after.length + 1 &&
        after.every((expected, at) => {
          const gap = (times[at + 1] ?? 0) - (times[at] ?? 0);
          return Math.abs(gap - expected) <= expected / 8;
        })
      );
    },
  );
}

/** So many segments are lost. */
export function loses(count: number): Claim {
  return claim(
    {
      en: count === 0 ? 'No segment is lost.' : `${count === 1 ? 'One segment is' : `${count} segments are`} lost.`,
      ko: count === 0 ? '사라진 세그먼트가 없다.' : `세그먼트 ${count}개가 사라진다.`,
    },
    (run) => run.moments.filter(({ kind }) => kind === 'lost').length === count,
  );
}

/** What the first program on a host says reaches the other's program: all of it, once and in order. */
export function delivers(from: string, bytes: number): Claim {
  return claim(
    {
      en: `All ${bytes.toLocaleString('en')} bytes from ${from} arrive, once and in order.`,
      ko: `${from}가 보낸 ${bytes.toLocaleString('en')}바이트가 모두, 한 번씩, 순서대로 도착한다.`,
    },
    (run) => {
      const delivery = deliveryOf(run, from);
      return delivery !== undefined && delivery.inOrder && delivery.said === bytes && delivery.heard === bytes;
    },
  );
}

/** How much of what a program said the program at the other end has read, in bytes; `inOrder`: nothing else, in the same order. */
export interface Delivery {
  readonly said: number;
  readonly heard: number;
  readonly inOrder: boolean;
}

/** `undefined`: there is no such program, or it speaks with nobody. `number` counts the host's connections from 0. */
export function deliveryOf(run: Run, host: string, number = 0): Delivery | undefined {
  const talk = run.talk(host, number);
  if (talk === undefined) return undefined;
  const others = [...run.world.hosts.values()].flatMap(({ talks }) => talks);
  const other = others.find((each) => talk.speaksWith(each));
  const said = joined(talk.said);
  const heard = joined(other?.heard ?? []);
  return { said: said.length, heard: heard.length, inOrder: heard.every((byte, at) => said[at] === byte) };
}

function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function duration(time: number): string {
  return time < SECOND ? `${Math.round(time / MILLISECOND)} ms` : `${Number((time / SECOND).toFixed(1))} s`;
}

const RST: Texts = { en: 'RST', ko: 'RST' };
const FIN: Texts = { en: 'FIN', ko: 'FIN' };
const ACK_OF_FIN: Texts = { en: 'ACK of the FIN', ko: 'FIN의 ACK' };

/** Segments by what they are there for. */
const NAMES: Readonly<Record<Purpose, Texts>> = {
  syn: { en: 'SYN', ko: 'SYN' },
  'syn-ack': { en: 'SYN-ACK', ko: 'SYN-ACK' },
  'handshake-ack': { en: 'ACK of the handshake', ko: '핸드셰이크의 ACK' },
  data: { en: 'data', ko: '데이터' },
  ack: { en: 'ACK', ko: 'ACK' },
  'duplicate-ack': { en: 'duplicate ACK', ko: '중복 ACK' },
  'zero-window': { en: 'zero window', ko: '윈도우 0' },
  'window-update': { en: 'window update', ko: '윈도우 갱신' },
  'window-probe': { en: 'window probe', ko: '윈도우 프로브' },
  'keep-alive': { en: 'keep-alive', ko: 'keep-alive' },
  'keep-alive-answer': { en: 'answer to a keep-alive', ko: 'keep-alive 응답' },
  challenge: { en: 'challenge ACK', ko: '챌린지 ACK' },
  'first-fin': FIN,
  'second-fin': FIN,
  'ack-of-first-fin': ACK_OF_FIN,
  'last-ack': ACK_OF_FIN,
  refusal: RST,
  'no-such-connection': RST,
  abort: RST,
};
