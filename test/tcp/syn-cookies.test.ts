import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { TcpOptions } from '../../src/stack/tcp-options';
import { COOKIE_MSS, COOKIE_PERIOD, readStamp, stampOptions, SynCookies } from '../../src/tcp/syn-cookies';
import type { SipKey } from '../../src/siphash';
import type { TcpOption } from '../../src/wire/tcp-options';
import { MILLISECOND, script, SECOND, type Script, type ScriptOptions } from '../support/script';

const SYN = 'S 0:0(0) <mss 1460>';
const SYN_ACK = 'S. 0:0(0) ack 1 win 65535 <mss 1460>';
const ALWAYS: TcpOptions = { synCookies: 'always' };
const LIFETIME = 2 * COOKIE_PERIOD;

/** A listener that answers every SYN with a cookie. */
function listening(options: ScriptOptions = {}): Script {
  return script({ passive: 80, ...options, tcp: { ...ALWAYS, ...options.tcp } });
}

/** The timestamps of our last segment. */
function stamp(t: Script): { readonly value: number; readonly echo: number } {
  const sent = t.wire.trace.filter((event) => event.type === 'segment').filter(({ direction }) => direction === 'out');
  const options: readonly TcpOption[] = sent.at(-1)?.segment.options ?? [];
  const option = options.find(({ kind }) => kind === 'timestamps');
  if (option?.kind !== 'timestamps') throw new Error('our last segment has no timestamps');
  return option;
}

/** The peer's handshake with timestamps, up to our SYN,ACK, from whose TSval ours count. Returns that as it is on the wire. */
function stampedHandshake(t: Script, syn: string, rest: string): number {
  t.inject(`S 0:0(0) win 1000 <mss 1460,sackOK,TS val 700 ecr 0${syn}>`);
  const { value } = stamp(t);
  t.expect(`S. 0:0(0) ack 1 win 65535 <mss 1460,sackOK,TS val 0 ecr 700${rest}>`);
  return value;
}

describe('SYN cookies (RFC 4987 §3.6)', () => {
  test('a SYN is answered and forgotten; the ACK of that makes the connection', () => {
    const t = listening();
    t.inject(SYN).expect(SYN_ACK).state('LISTEN');
    expect(t.wire.stack.tcp.connections()).toEqual([]);
    t.after(10 * SECOND).expectNothing();
    t.inject('. 1:1(0) ack 1 win 8000');
    expect(t.events()).toEqual(['connection']);
    t.accept();
    t.state('ESTABLISHED');
    expect(t.transitions.map(({ from, to }) => `${from} → ${to}`)).toEqual([
      'CLOSED → LISTEN',
      'LISTEN → SYN-RECEIVED',
      'SYN-RECEIVED → ESTABLISHED',
    ]);
    expect(t.status.snd).toMatchObject({ wnd: 8000 });
    expect([t.counter('tcp.syn-cookies-sent'), t.counter('tcp.syn-cookies-accepted')]).toEqual([1, 1]);
  });

  test('the trace has the SYN before its answer, and once', () => {
    const t = listening();
    t.inject(SYN).expect(SYN_ACK);
    expect(t.wire.trace.flatMap((event) => (event.type === 'segment' ? event.direction : []))).toEqual(['in', 'out']);
  });

  test('the connection goes both ways, and ends like any other', () => {
    const t = listening({ msl: SECOND });
    t.inject(SYN).expect(SYN_ACK).inject('. 1:1(0) ack 1').accept();
    t.inject('P. 1:6(5) ack 1 "hello"')
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 6')
      .reads('hello');
    t.send(2920);
    t.expect('. 1:1461(1460) ack 6', 'P. 1461:2921(1460) ack 6');
    t.inject('F. 6:6(0) ack 2921').expect('. 2921:2921(0) ack 7').close().expect('F. 2921:2921(0) ack 7');
    t.inject('. 7:7(0) ack 2922').state('CLOSED');
  });

  test('the ACK was lost: the first data brings the cookie as well', () => {
    const t = listening();
    t.inject(SYN).expect(SYN_ACK);
    t.inject('P. 1:6(5) ack 1 "hello"').accept();
    t.reads('hello')
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 6');
  });

  test('so does a FIN behind it', () => {
    const t = listening();
    t.inject(SYN).expect(SYN_ACK);
    t.inject('FP. 1:6(5) ack 1 "hello"').accept();
    t.expect('. 1:1(0) ack 7').state('CLOSE-WAIT').reads('hello');
  });

  test('auto: cookies from maxHalfOpen on; those that are remembered go their usual way', () => {
    const t = script({ passive: 80, tcp: { maxHalfOpen: 1 } });
    const [first, second] = [t.another(50_000), t.another(50_001)];
    first.send(SYN);
    first.expect(SYN_ACK);
    second.send(SYN);
    second.expect(SYN_ACK);
    expect(t.wire.stack.tcp.connections()).toHaveLength(1);
    t.after(SECOND);
    first.expect(SYN_ACK);
    second.send('. 1:1(0) ack 1');
    first.send('. 1:1(0) ack 1');
    expect(t.listener?.pending).toBe(2);
    expect([t.counter('tcp.syn-cookies-sent'), t.counter('tcp.backlog-full')]).toEqual([1, 0]);
  });

  test('false: SYNs beyond it are dropped', () => {
    const t = script({ passive: 80, tcp: { maxHalfOpen: 0, synCookies: false } });
    t.inject(SYN).expectNothing();
    expect(t.counter('tcp.backlog-full')).toBe(1);
  });

  test('a cookie is good in two periods of 64 s, and no longer', () => {
    const t = listening();
    t.inject(SYN).expect(SYN_ACK).at(COOKIE_PERIOD).inject('. 1:1(0) ack 1').accept();
    t.state('ESTABLISHED');
    const late = listening();
    late.inject(SYN).expect(SYN_ACK).at(LIFETIME).inject('. 1:1(0) ack 1').expect('R 1:1(0) win 0').state('LISTEN');
    expect(late.counter('tcp.syn-cookies-rejected')).toBe(1);
  });

  test('an ACK is taken for a cookie only as long as cookies are out', () => {
    const t = listening();
    t.inject('. 1:1(0) ack 77').expect('R 77:77(0) win 0');
    expect(t.counter('tcp.syn-cookies-rejected')).toBe(0);
    t.inject(SYN).expect(SYN_ACK).inject('. 1:1(0) ack 78').expect('R 78:78(0) win 0');
    expect(t.counter('tcp.syn-cookies-rejected')).toBe(1);
    t.at(LIFETIME + 1)
      .inject('. 1:1(0) ack 1')
      .expect('R 1:1(0) win 0');
    expect(t.counter('tcp.syn-cookies-rejected')).toBe(1);
  });

  test.each(['. 2:2(0) ack 1', '. 1:1(0) ack 2', '. 0:0(0) ack 1', 'S. 1:1(0) ack 1'])(
    'another number than that of the SYN,ACK is no cookie: %s',
    (line) => {
      const t = listening();
      const ack = line.endsWith('ack 2') ? 2 : 1;
      t.inject(SYN).expect(SYN_ACK).inject(line).expect(`R ${ack}:${ack}(0) win 0`).state('LISTEN');
      expect(t.counter('tcp.syn-cookies-accepted')).toBe(0);
    },
  );

  test("nor is one peer's good for another", () => {
    const t = listening();
    t.inject(SYN).expect(SYN_ACK);
    // Its own number for our ISN is 0, so it says what the wire has.
    const other = t.another(50_000);
    const isn = t.wire.trace.filter((event) => event.type === 'segment').at(-1)?.segment.seq ?? 0;
    const seq = (t.peer.iss + 1 - other.iss) >>> 0;
    other.send(`. ${seq}:${seq}(0) ack ${(isn + 1) >>> 0}`);
    expect([t.counter('tcp.syn-cookies-rejected'), t.counter('tcp.resets-sent')]).toEqual([1, 1]);
    t.skip();
  });

  test('a RST with the right numbers is ignored', () => {
    const t = listening();
    t.inject(SYN).expect(SYN_ACK).inject('R. 1:1(0) ack 1', 'R 1:1(0)').expectNothing();
    t.inject('. 1:1(0) ack 1').accept();
    t.state('ESTABLISHED');
  });

  test('the accept queue is full: the ACK is as good as lost, and the next segment tries again', () => {
    const t = listening({ backlog: 1 });
    const [first, second] = [t.another(50_000), t.another(50_001)];
    for (const peer of [first, second]) peer.send(SYN);
    for (const peer of [first, second]) peer.expect(SYN_ACK);
    first.send('. 1:1(0) ack 1');
    second.send('. 1:1(0) ack 1');
    t.expectNothing();
    expect([t.listener?.pending, t.counter('tcp.accept-queue-full')]).toEqual([1, 1]);
    t.accept();
    second.send('P. 1:6(5) ack 1 "hello"');
    t.accept();
    t.reads('hello').after(40 * MILLISECOND);
    second.expect('. 1:1(0) ack 6');
  });

  test('text in the SYN is forgotten with it, and comes again', () => {
    const t = listening();
    t.inject('S 0:5(5) <mss 1460> "hello"').expect(SYN_ACK);
    t.inject('P. 1:6(5) ack 1 "hello"').accept();
    t.reads('hello')
      .after(40 * MILLISECOND)
      .expect('. 1:1(0) ack 6');
  });

  test('who reopens a connection from TIME-WAIT is no stranger: it gets a SYN,ACK beyond its old numbers', () => {
    const t = script({ passive: 80, msl: SECOND, tcp: { maxHalfOpen: 1 } });
    t.inject(SYN).expect(SYN_ACK).inject('. 1:1(0) ack 1').accept();
    t.close().expect('F. 1:1(0) ack 1').inject('F. 1:1(0) ack 2').expect('. 2:2(0) ack 2').state('TIME-WAIT');
    const flood = t.another(50_000);
    flood.send(SYN);
    flood.expect(SYN_ACK);
    t.inject('S 1000:1000(0) <mss 1460>').expect('S. 0:0(0) ack 1001 win 65535 <mss 1460>').state('SYN-RECEIVED');
    expect(t.counter('tcp.syn-cookies-sent')).toBe(0);
  });

  test.each([
    [1460, 1460],
    [1459, 1452],
    [1300, 1220],
    [536, 536],
    [100, 64],
    [9000, 1460], // what the path carries
  ])('an MSS of %d becomes %d', (announced, kept) => {
    const t = listening();
    t.inject(`S 0:0(0) <mss ${announced}>`).expect(SYN_ACK).inject('. 1:1(0) ack 1').accept();
    expect(t.status.mss.send).toBe(kept);
  });

  test('MUST-15: no MSS is 536; one too small for a cookie gets none', () => {
    const t = listening();
    t.inject('S 0:0(0)').expect(SYN_ACK).inject('. 1:1(0) ack 1').accept();
    expect(t.status.mss.send).toBe(536);
    const tiny = listening();
    tiny.inject('S 0:0(0) <mss 63>').expectNothing();
    expect(tiny.counter('tcp.backlog-full')).toBe(1);
  });
});

describe('options in the timestamp of a SYN cookie', () => {
  const ALL: ScriptOptions = { timestamps: true, sack: true };

  test('without timestamps nothing is offered but the MSS', () => {
    const t = listening(ALL).inject('S 0:0(0) <mss 1460,sackOK,nop,wscale 7>').expect(SYN_ACK);
    t.inject('. 1:1(0) ack 1 win 8000').accept();
    expect(t.status).toMatchObject({
      sack: false,
      timestamps: false,
      windowScale: { send: 0, receive: 0 },
      ecn: false,
    });
    expect(t.status.snd.wnd).toBe(8000);
  });

  test('with them window scaling and SACK are what both sides offered', () => {
    const t = listening(ALL);
    stampedHandshake(t, ',nop,wscale 7', ',nop,wscale 3');
    t.inject('. 1:1(0) ack 1 win 100 <nop,nop,TS val 701 ecr 0>').accept();
    expect(t.status).toMatchObject({ sack: true, timestamps: true, windowScale: { send: 7, receive: 3 }, ecn: false });
    expect(t.status.snd.wnd).toBe(100 * 2 ** 7);
    // It tells no round trip.
    expect(t.status.srtt).toBeUndefined();
  });

  test('a peer without window scaling gets none', () => {
    const t = listening(ALL);
    stampedHandshake(t, '', '');
    t.inject('. 1:1(0) ack 1 win 8000 <nop,nop,TS val 701 ecr 0>').accept();
    expect(t.status).toMatchObject({ windowScale: { send: 0, receive: 0 } });
    expect(t.status.snd.wnd).toBe(8000);
  });

  test('ECN is agreed upon as with any SYN (RFC 3168 §6.1.1)', () => {
    const t = listening({ ...ALL, ecn: 'passive' });
    t.inject('SEW 0:0(0) <mss 1460,nop,nop,TS val 700 ecr 0>');
    t.expect('S.E 0:0(0) ack 1 win 65535 <mss 1460,nop,nop,TS val 0 ecr 700>');
    t.inject('. 1:1(0) ack 1 <nop,nop,TS val 701 ecr 0>').accept();
    expect(t.status).toMatchObject({ ecn: true, sack: false });
  });

  test('our later timestamps are never older than the one with the options in it', () => {
    const t = listening(ALL);
    const value = stampedHandshake(t, ',nop,wscale 7', ',nop,wscale 3');
    t.inject(`P. 1:6(5) ack 1 <nop,nop,TS val 701 ecr 0> "hello"`).accept();
    t.reads('hello')
      .after(40 * MILLISECOND)
      .skip();
    const later = stamp(t).value;
    expect((later - value) | 0).toBeGreaterThanOrEqual(40);
    expect((later - value) | 0).toBeLessThan(40 + 64);
  });
});

describe('the parts of a cookie', () => {
  const KEYS: [SipKey, SipKey] = [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ];
  const word = fc.nat(2 ** 32 - 1);
  const tuple = fc.tuple(word, word, word);
  const time = fc.nat(2 ** 50);

  test('every MSS comes back, in the period of the cookie and the one after it', () => {
    const cookies = new SynCookies(...KEYS);
    fc.assert(
      fc.property(
        tuple,
        word,
        fc.constantFrom(...COOKIE_MSS),
        time,
        fc.nat(COOKIE_PERIOD),
        (words, irs, mss, now, age) => {
          const cookie = cookies.make(words, irs, mss, now);
          expect(cookies.read(words, irs, cookie ?? 0, now + age)).toBe(mss);
          expect(cookies.read(words, irs, cookie ?? 0, now + LIFETIME)).toBeUndefined();
          // The five bits of the counter are those of the cookie's time again.
          expect(cookies.read(words, irs, cookie ?? 0, now + 32 * COOKIE_PERIOD)).toBeUndefined();
        },
      ),
    );
  });

  test('a guess is good with a probability of 2^-28', () => {
    const cookies = new SynCookies(...KEYS);
    let good = 0;
    fc.assert(
      fc.property(tuple, word, word, time, (words, irs, guess, now) => {
        if (cookies.read(words, irs, guess, now) !== undefined) good += 1;
      }),
      { numRuns: 20_000 },
    );
    expect(good).toBe(0);
  });

  test('a cookie is good for its four-tuple, ISN and key alone', () => {
    const cookies = new SynCookies(...KEYS);
    const others = new SynCookies([1, 2, 3, 5], KEYS[1]);
    fc.assert(
      fc.property(
        tuple,
        word,
        fc.nat(2),
        fc.integer({ min: 1, max: 2 ** 32 - 1 }),
        time,
        (words, irs, which, change, now) => {
          const cookie = cookies.make(words, irs, 1460, now) ?? 0;
          const changed = words.map((each, index) => (index === which ? (each ^ change) >>> 0 : each));
          expect(cookies.read(changed, irs, cookie, now)).toBeUndefined();
          expect(cookies.read(words, (irs ^ change) >>> 0, cookie, now)).toBeUndefined();
          expect(cookies.read(words, irs, (cookie ^ change) >>> 0, now)).toBeUndefined();
          expect(others.read(words, irs, cookie, now)).toBeUndefined();
        },
      ),
      { numRuns: 2_000 },
    );
  });

  test('the options come back from a timestamp that is less than 64 ticks old', () => {
    const windowScale = fc.option(fc.nat(14), { nil: undefined });
    fc.assert(
      fc.property(word, windowScale, fc.boolean(), fc.boolean(), (clock, scale, sackPermitted, ecn) => {
        const options = { windowScale: scale, sackPermitted, ecn };
        const value = stampOptions(clock, options);
        expect(readStamp(value)).toEqual(options);
        const age = (clock - value) | 0;
        expect(age).toBeGreaterThanOrEqual(0);
        expect(age).toBeLessThan(64);
      }),
    );
  });
});
