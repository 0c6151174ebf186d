import {
  amount,
  choice,
  claim,
  defineLesson,
  MILLISECOND,
  SECOND,
  segmentsOf,
  set,
  toggle,
  when,
  type Claim,
  type Moment,
  type Run,
} from '../engine';

const PAGE = 5000;
/** What there is of headers in a segment: IP, TCP, and timestamps. */
const HEADERS = 52;
/** The data in a segment that fills B’s own wire. */
const FULL = 1500 - HEADERS;

/** Small packets get through, large ones vanish, and nobody says so. */
export const blackHole = defineLesson({
  id: 'black-hole',
  group: 'trouble',
  title: { en: 'The path MTU black hole', ko: '경로 MTU 블랙홀' },
  summary: {
    en: 'The handshake works, the request arrives, and then nothing: "the page loads for ever". Large packets do not fit through a tunnel on the way, and the router’s message about it is thrown away.',
    ko: '핸드셰이크도 되고 요청도 도착하는데, 그다음이 없다. "페이지가 끝없이 로딩된다." 큰 패킷이 중간의 터널을 지나지 못하는데, 그것을 알리는 라우터의 메시지마저 버려진다.',
  },
  goal: {
    en: 'You can recognise a black hole by what gets through and what does not, and name three ways out of it.',
    ko: '무엇이 지나가고 무엇이 지나가지 못하는지 보고 블랙홀을 알아차리고, 여기서 벗어나는 세 가지 방법을 말할 수 있다.',
  },
  rfc: ['RFC 1191', 'RFC 2923 §2.1', 'RFC 4821', 'RFC 8899', 'RFC 9293 §3.7.1', 'RFC 9293 §3.7.2'],
  glossary: [
    {
      word: 'MTU',
      means: {
        en: 'The largest packet that a wire takes: 1500 bytes on Ethernet, less inside a tunnel (VPN, PPPoE).',
        ko: '회선에 실을 수 있는 가장 큰 패킷. 이더넷에서는 1500바이트이고, 터널(VPN, PPPoE) 안에서는 더 작다.',
      },
    },
    {
      word: 'path MTU',
      means: {
        en: 'The smallest MTU on the whole way. A sender has to find it out.',
        ko: '경로 MTU: 길 전체에서 가장 작은 MTU. 보내는 쪽이 알아내야 한다.',
      },
    },
    {
      word: 'ICMP',
      means: {
        en: 'How routers and hosts tell of errors: here "fragmentation needed, at most so many bytes". Some firewalls drop all of it, and that is a mistake.',
        ko: '라우터와 호스트가 오류를 알리는 방법. 여기서는 "쪼개야 해. 최대 몇 바이트까지"라는 메시지다. ICMP를 모두 버리는 방화벽이 있는데, 잘못된 설정이다.',
      },
    },
    {
      word: 'MSS',
      means: {
        en: 'The most data that one end wants in a segment. It is told in the SYN.',
        ko: '한 세그먼트에 담아 달라고 하는 데이터의 최대 크기. SYN에서 알린다.',
      },
    },
  ],
  panels: ['timers', 'plots', 'segment'],
  settings: {
    narrow: amount(
      1400,
      { en: 'the tunnel takes', ko: '터널이 받는 크기' },
      { min: 600, max: 1500, step: 50, unit: 'bytes' },
    ),
    icmp: toggle(false, { en: 'the router’s ICMP gets through', ko: '라우터의 ICMP가 B에 닿는다' }),
    server: choice(
      'plain',
      { en: 'B’s TCP', ko: 'B의 TCP' },
      {
        plain: { en: 'relies on ICMP', ko: 'ICMP에 의지한다' },
        probes: { en: 'tries smaller segments by itself', ko: '스스로 더 작은 세그먼트를 시도한다' },
      },
    ),
    clamp: toggle(false, { en: 'A asks for small segments (MSS 1200)', ko: 'A가 작은 세그먼트를 요청한다(MSS 1200)' }),
  },
  setup: ({ narrow, icmp, server, clamp }) => ({
    wire: { narrow, narrowTells: icmp },
    each: {
      A: clamp ? { mss: 1200 } : {},
      B: { mtuProbing: server === 'probes' ? 'black-hole' : 'off' },
    },
    until: 30 * SECOND,
  }),
  script: (world) => {
    const { a, b } = world;
    b.listen(80, (server) => {
      server.onData(() => server.send(PAGE));
    });
    world.at(0, () => {
      a.connect(b, 80).send('GET / HTTP/1.1\r\nHost: b\r\n\r\n');
    });
  },
  beats: [
    {
      id: 'small',
      when: when.sent('A', 'data'),
      en: 'The handshake went well, and so does the request: all of that is small. Whoever tests with ping sees nothing wrong, either.',
      ko: '핸드셰이크가 잘되었고 요청도 잘 간다. 모두 작은 패킷이다. 핑으로 시험해도 이상이 없다.',
    },
    {
      id: 'large',
      when: (moment) => when.sent('B')(moment) && moment.kind === 'sent' && moment.row.reading.length === FULL,
      en: 'B answers with full segments, as large as its own wire takes, and forbids routers to cut them up: so it is with all of TCP today.',
      ko: 'B는 자기 회선에 실을 수 있는 만큼 꽉 채운 세그먼트로 답하고, 라우터가 쪼개지 못하게 한다. 오늘날 TCP는 모두 그렇게 한다.',
    },
    {
      id: 'clamped',
      when: (moment) =>
        when.sent('B', 'data', { again: false })(moment) &&
        moment.kind === 'sent' &&
        moment.row.reading.length > 1000 &&
        moment.row.reading.length < FULL,
      en: 'B’s segments are no larger than A has asked for in its SYN. They fit through the tunnel, although neither of the two knows of it.',
      ko: 'B의 세그먼트는 A가 SYN에서 요청한 크기를 넘지 않는다. 둘 다 터널이 있는 줄 모르지만 터널을 지난다.',
    },
    {
      id: 'vanishes',
      when: (moment) => moment.kind === 'lost' && moment.why === 'size',
      en: 'In the middle is a tunnel that takes less. The router before it cannot pass the packet on, and drops it.',
      ko: '중간에 더 작은 패킷만 받는 터널이 있다. 그 앞의 라우터는 패킷을 넘기지 못하고 버린다.',
    },
    {
      id: 'router',
      when: (moment) => moment.kind === 'icmp' && moment.isHeard,
      en: 'The router says so to B, in a message of its own (ICMP): "too big. I can pass on so many bytes at most". It also quotes the beginning of the packet, so that B can tell which one it was.',
      ko: '라우터가 자기 메시지(ICMP)로 B에게 알린다. "너무 커. 최대 이만큼까지 넘겨줄 수 있어." 어느 패킷인지 B가 알 수 있게 패킷의 첫머리도 함께 보낸다.',
    },
    {
      id: 'filtered',
      when: (moment) => moment.kind === 'icmp' && !moment.isHeard,
      en: 'The router says so to B by ICMP: "too big". But somebody has told a firewall on the way to throw all ICMP away, "for safety". B never hears of it.',
      ko: '라우터가 ICMP로 B에게 알린다. "너무 커." 그런데 누군가 "안전을 위해" 길목의 방화벽에 ICMP를 모두 버리라고 해 두었다. B는 이 말을 듣지 못한다.',
    },
    {
      id: 'crumb',
      when: (moment) => moment.kind === 'arrived' && moment.host === 'A' && moment.row.marks.has('out-of-order'),
      en: 'The last piece of the page is small, and gets through. A can do nothing with it: all before it is missing. That is how one recognises a black hole: small things arrive, large ones never.',
      ko: '페이지의 마지막 조각은 작아서 지나간다. A는 그것만으로 아무것도 할 수 없다. 앞이 모두 빠졌기 때문이다. 블랙홀은 이렇게 알아본다. 작은 것은 오고 큰 것은 절대 오지 않는다.',
    },
    {
      id: 'again',
      when: (moment) => isTimeout(moment) && moment.row.reading.length === FULL,
      en: 'B believes in a loss like any other, and sends the same again, just as large. It vanishes again. That goes on for minutes, and A waits.',
      ko: 'B는 여느 손실인 줄 알고 같은 크기로 다시 보낸다. 또 사라진다. 이런 일이 몇 분이나 되풀이되는 동안 A는 기다린다.',
    },
    {
      id: 'told',
      when: (moment) => moment.kind === 'sent' && moment.row.reading.cause === 'path-mtu',
      en: 'The router’s message has arrived: "at most so many bytes". B checks that it is about something that it has sent, and sends the same data at once in smaller segments.',
      ko: '라우터의 말이 도착했다. "최대 이만큼까지." B는 자기가 보낸 것에 대한 말인지 확인하고, 같은 데이터를 바로 더 작은 세그먼트로 보낸다.',
    },
    {
      id: 'suspects',
      when: (moment) => isTimeout(moment) && moment.row.reading.seq === 1 && moment.row.reading.length < FULL,
      en: 'The same large segment has vanished time and again. B suspects a black hole and tries with about 1,000 bytes. No ICMP was needed for that.',
      ko: '같은 큰 세그먼트가 거듭 사라졌다. B는 블랙홀을 의심하고 1,000바이트 남짓으로 시도한다. ICMP는 필요 없다.',
    },
    {
      id: 'through',
      when: (moment) =>
        moment.kind === 'arrived' &&
        moment.host === 'A' &&
        moment.row.reading.seq === 1 &&
        moment.row.reading.length > 0,
      en: 'The beginning of the page gets through, and the rest follows.',
      ko: '페이지의 첫머리가 지나가고, 나머지가 뒤따른다.',
    },
  ],
  claims: [
    claim({ en: 'A’s request arrives and is acknowledged.', ko: 'A의 요청은 도착하고 확인된다.' }, (run) =>
      segmentsOf(run, 'B').some(
        ({ reading, arrives }) => reading.acknowledges && !reading.absolute && arrives !== undefined,
      ),
    ),
    claim(
      { en: 'In half a minute A gets none of the page.', ko: '30초 동안 A는 페이지를 한 바이트도 받지 못한다.' },
      (run) => run.talk('A')?.heardBytes === 0,
    ),
    claim(
      {
        en: 'Both ends believe that all is well: ESTABLISHED.',
        ko: '양쪽 모두 아무 문제가 없다고 믿는다: ESTABLISHED.',
      },
      (run) => ['A', 'B'].every((host) => run.state(host) === 'ESTABLISHED'),
    ),
  ],
  suggestions: [
    {
      id: 'icmp',
      title: { en: 'Let ICMP through', ko: 'ICMP 통과시키기' },
      look: {
        en: 'One message from the router, and it is mended. This is how it is meant (RFC 1191).',
        ko: '라우터의 메시지 하나로 해결된다. 원래 이렇게 되어야 한다(RFC 1191).',
      },
      actions: [set('icmp', true)],
      claims: [page(SECOND), fits(1400)],
    },
    {
      id: 'probes',
      title: { en: 'B finds it out by itself', ko: 'B가 스스로 알아내기' },
      look: {
        en: 'Without ICMP it takes three time-outs until B suspects something; slow, but it works (RFC 4821).',
        ko: 'ICMP가 없으면 B가 의심하기까지 타임아웃을 세 번 겪는다. 느리지만 통한다(RFC 4821).',
      },
      actions: [set('server', 'probes')],
      claims: [
        page(10 * SECOND),
        claim(
          {
            en: 'Before that, large segments are lost at least three times.',
            ko: '그 전에 큰 세그먼트가 적어도 세 번 사라진다.',
          },
          (run) => tooBig(run) >= 3,
        ),
      ],
    },
    {
      id: 'clamp',
      title: { en: 'Ask for small segments', ko: '작은 세그먼트 요청하기' },
      look: {
        en: 'A tells an MSS of 1200 in its SYN. Routers of VPNs and DSL write such a value into passing SYNs: "MSS clamping".',
        ko: 'A가 SYN에서 MSS 1200을 알린다. VPN이나 DSL 라우터는 지나가는 SYN에 이런 값을 적어 넣는다. "MSS 클램핑"이라고 한다.',
      },
      actions: [set('clamp', true)],
      claims: [
        page(200 * MILLISECOND),
        claim({ en: 'Nothing is lost.', ko: '사라진 것이 없다.' }, (run) => tooBig(run) === 0),
      ],
    },
  ],
});

/** A has the whole page in time, µs. */
function page(within: number): Claim {
  return claim(
    {
      en: `A has the whole page within ${within < SECOND ? `${within / MILLISECOND} ms` : `${within / SECOND} s`}.`,
      ko: `A가 ${within < SECOND ? `${within / MILLISECOND}ms` : `${within / SECOND}초`} 안에 페이지를 모두 받는다.`,
    },
    (run) => {
      const last = segmentsOf(run, 'A').find(({ reading }) => !reading.absolute && reading.ack === PAGE + 1);
      return run.talk('A')?.heardBytes === PAGE && last !== undefined && last.time < within;
    },
  );
}

/** What arrives of B is as large as the tunnel takes, and no larger. */
function fits(narrow: number): Claim {
  return claim(
    {
      en: `The largest segment that arrives is a packet of ${narrow} bytes.`,
      ko: `도착하는 가장 큰 세그먼트는 ${narrow}바이트짜리 패킷이다.`,
    },
    (run) =>
      Math.max(...segmentsOf(run, 'B').map(({ arrives, reading }) => (arrives === undefined ? 0 : reading.length))) ===
      narrow - HEADERS,
  );
}

function tooBig(run: Run): number {
  return run.moments.filter((moment) => moment.kind === 'lost' && moment.why === 'size').length;
}

/** B sends again because its clock has run out. */
function isTimeout(moment: Moment): moment is Moment & { kind: 'sent' } {
  return when.sent('B', 'data')(moment) && moment.kind === 'sent' && moment.row.reading.cause === 'timeout';
}
