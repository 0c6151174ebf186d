import { add } from '../../tcp/sequence';
import { dataLength, type SegmentEvent } from '../../tcp/trace';
import { FLAG } from '../../wire/tcp';
import { HttpHead, mayBeHead, type FirstLine } from './http-head';
import { InOrder } from './in-order';
import { mayBeTls, TlsRecords } from './tls-records';
import { NOTHING_TOLD, Telling, type Told } from './told';
import { WebSocketFrames } from './websocket-frames';

/** How what one side says is read now. */
type Reader =
  /** Nothing was said yet. */
  | { readonly mode: 'start' }
  /** A message of HTTP may begin with a segment. */
  | { readonly mode: 'between' }
  | { readonly mode: 'head'; readonly head: HttpHead; isTold: boolean }
  | { readonly mode: 'frames'; readonly frames: WebSocketFrames }
  | { readonly mode: 'tls'; readonly records: TlsRecords }
  /** It is not understood, and will not be. */
  | { readonly mode: 'opaque' };

const OPAQUE: Reader = { mode: 'opaque' };

/** What one side says. */
class Voice {
  readonly order = new InOrder();
  reader: Reader = { mode: 'start' };
  /** The last request, and the protocol that it asked for. */
  asked: FirstLine | undefined;
  upgrade: string | undefined;

  /** Who has answered once does not ask: a body is not so easily taken for a head. */
  private kind: FirstLine['kind'] | undefined;

  mayBeginHead(bytes: Uint8Array): boolean {
    return (['request', 'response'] as const).some(
      (kind) => (this.kind === undefined || this.kind === kind) && mayBeHead(bytes, kind),
    );
  }

  saidFirstLine({ kind }: FirstLine): void {
    this.kind = kind;
  }

  get frames(): WebSocketFrames | undefined {
    return this.reader.mode === 'frames' ? this.reader.frames : undefined;
  }
}

/**
 * What the programs at both ends of one connection say to each other, as far as it is HTTP/1.1, WebSocket or TLS: reads along
 * as the segments pass. What it keeps is bounded, and nothing that comes makes it throw.
 */
export class Dialogue {
  private voices = { in: new Voice(), out: new Voice() };
  private isn: Partial<Record<'in' | 'out', number>> = {};

  /** Reads a segment: what of it is new, in order, and understood. */
  read(event: SegmentEvent): Told {
    const { direction, segment } = event;
    const { flags, seq } = segment;
    const payload = wholePayload(event);
    const first = flags & FLAG.SYN ? add(seq, 1) : seq;
    if (flags & FLAG.SYN) this.begin(direction, first);
    if (payload.length === 0) return NOTHING_TOLD;
    const telling = new Telling();
    const voice = this.voices[direction];
    for (const bytes of voice.order.add(first, payload)) this.hear(direction, bytes, telling);
    if (voice.order.lost) voice.reader = OPAQUE;
    return telling.items.length === 0 ? NOTHING_TOLD : telling;
  }

  /** A SYN with another number begins a new connection between the same ports. */
  private begin(direction: 'in' | 'out', first: number): void {
    const known = this.isn[direction];
    if (known !== undefined && known !== first) {
      this.voices = { in: new Voice(), out: new Voice() };
      this.isn = {};
    }
    this.isn[direction] = first;
    this.voices[direction].order.begin(first);
  }

  private hear(direction: 'in' | 'out', bytes: Uint8Array, telling: Telling): void {
    const voice = this.voices[direction];
    let left = bytes;
    while (left.length > 0) {
      const { reader } = voice;
      switch (reader.mode) {
        case 'start':
        case 'between':
          if (reader.mode === 'start' && mayBeTls(left)) voice.reader = { mode: 'tls', records: new TlsRecords() };
          else if (voice.mayBeginHead(left)) voice.reader = { mode: 'head', head: new HttpHead(), isTold: false };
          else {
            voice.reader = { mode: 'between' };
            return;
          }
          break;
        case 'head':
          left = this.readHead(direction, reader, left, telling);
          break;
        case 'frames':
          reader.frames.read(left, telling);
          if (reader.frames.failed) voice.reader = OPAQUE;
          return;
        case 'tls':
          reader.records.read(left, telling);
          if (reader.records.failed) voice.reader = OPAQUE;
          return;
        case 'opaque':
          return;
      }
    }
  }

  /** Reads on in a head; what is behind it. */
  private readHead(
    direction: 'in' | 'out',
    reader: Reader & { mode: 'head' },
    bytes: Uint8Array,
    telling: Telling,
  ): Uint8Array {
    const { head } = reader;
    const voice = this.voices[direction];
    const rest = head.add(bytes);
    const { first, upgrade } = head;
    if (first !== undefined && !reader.isTold) {
      reader.isTold = true;
      voice.saidFirstLine(first);
      const means = first.kind === 'request' || first.status === 101;
      const { kind, text: line, status } = first;
      telling.add({ kind, line, status, upgrade: means ? upgrade : undefined });
    }
    if (head.state === 'failed') {
      voice.reader = { mode: 'between' };
      return rest.subarray(rest.length);
    }
    if (head.state === 'open' || first === undefined) return rest;
    voice.reader = { mode: 'between' };
    if (first.kind === 'request') {
      voice.asked = first;
      voice.upgrade = upgrade;
    } else this.answered(direction, first, upgrade);
    return rest;
  }

  /** A response may change what both sides speak. */
  private answered(direction: 'in' | 'out', { status = 0 }: FirstLine, upgrade: string | undefined): void {
    const answerer = this.voices[direction];
    const asker = this.voices[direction === 'in' ? 'out' : 'in'];
    if (status === 101) {
      const agreed = upgrade === 'websocket' && asker.upgrade === 'websocket';
      for (const [voice, other] of [
        [asker, answerer],
        [answerer, asker],
      ] as const) {
        const frames = (): Reader => ({
          mode: 'frames',
          frames: new WebSocketFrames(() => other.frames?.closed === true),
        });
        voice.reader = agreed ? frames() : OPAQUE;
      }
    } else if (asker.asked?.method === 'CONNECT' && status >= 200 && status < 300) {
      // A proxy's tunnel: what is in it begins now.
      asker.reader = answerer.reader = { mode: 'start' };
    }
    asker.asked = undefined;
  }
}

/** The segment's data; what of it is not there is taken for zeros, so that the stream goes on where it should. */
function wholePayload(event: SegmentEvent): Uint8Array {
  const { payload } = event.segment;
  const length = dataLength(event);
  if (payload.length >= length) return payload;
  const whole = new Uint8Array(length);
  whole.set(payload);
  return whole;
}
