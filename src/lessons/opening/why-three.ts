import {
  claim,
  defineLesson,
  delay,
  drop,
  ends,
  MILLISECOND,
  never,
  passes,
  SECOND,
  sends,
  set,
  toggle,
  when,
  type Frame,
} from '../engine';

const PORT = 40_000;
/** How long A waits, µs. */
const PATIENCE = 500 * MILLISECOND;

/** An old SYN arrives when nobody waits for its answer any more. */
export const whyThree = defineLesson({
  id: 'why-three',
  group: 'opening',
  title: { en: 'Why three, and not two?', ko: '왜 두 번이 아니라 세 번일까?' },
  summary: {
    en: 'A asked long ago and has given up. Now the old question arrives at B after all. If two segments were enough, B would be fooled.',
    ko: 'A는 한참 전에 묻고 포기했다. 그런데 그 옛 질문이 이제야 B에 도착한다. 두 번으로 끝난다면 B는 속고 만다.',
  },
  goal: {
    en: 'You can say what the third segment tells B that it cannot know without it.',
    ko: '세 번째 세그먼트가 없으면 B가 알 수 없는 것이 무엇인지 말할 수 있다.',
  },
  rfc: ['RFC 9293 §3.5', 'RFC 9293 §3.5.1'],
  glossary: [
    {
      word: 'RST',
      means: {
        en: '"Reset": "I know of no such connection" or "I drop everything now". It ends a connection at once and is not answered.',
        ko: '"리셋": "그런 연결은 몰라" 또는 "지금 다 끊어 버릴게"라는 뜻. 연결을 바로 끝내며, 여기에는 답하지 않는다.',
      },
    },
    {
      word: 'SYN-RECEIVED',
      means: {
        en: 'B has heard a SYN and answered, but has no proof yet that somebody is there.',
        ko: 'B가 SYN을 듣고 답했지만, 상대가 정말 있는지는 아직 확인하지 못한 상태.',
      },
    },
  ],
  settings: {
    again: toggle(false, { en: 'A calls again just then', ko: '바로 그때 A가 다시 연결한다' }),
  },
  actions: [delay('L1', 2 * SECOND)],
  script: (world, { again }) => {
    const { a, b } = world;
    b.listen(80);
    const call = () => a.tryConnect(b, 80, { local: { port: PORT } });
    world.at(0, () => {
      const impatient = call();
      world.after(PATIENCE, () => {
        if (impatient?.connection.state !== 'ESTABLISHED') impatient?.abort();
      });
    });
    if (again) world.at(2010 * MILLISECOND, call);
  },
  beats: [
    {
      id: 'asked',
      when: when.sent('A', 'syn', { again: false }),
      en: 'A asks "can you hear me?"',
      ko: 'A가 "들려?" 하고 묻는다.',
    },
    {
      id: 'stuck',
      when: (moment) => moment.kind === 'sent' && isLate(moment.frame),
      en: 'But somewhere on the way this SYN gets stuck, in a full queue or on a detour. It will arrive, but much too late.',
      ko: '그런데 이 SYN이 가는 길 어딘가에서 묶인다. 꽉 찬 큐에 갇혔거나 먼 길로 돌아간다. 도착하기는 하지만 너무 늦게 도착한다.',
    },
    {
      id: 'gave-up',
      when: when.call('A', 'abort'),
      en: 'After half a second A’s program has had enough and gives up. A forgets all about it: CLOSED.',
      ko: '0.5초 뒤 A의 프로그램은 기다리기를 그만둔다. A는 이 일을 모두 잊는다: CLOSED.',
    },
    {
      id: 'old-syn',
      when: (moment) =>
        moment.kind === 'arrived' &&
        moment.frame.id?.from === 'left' &&
        moment.frame.id.n === 1 &&
        moment.time > PATIENCE &&
        moment.row.right.state === 'SYN-RECEIVED',
      en: 'Long after that the old SYN arrives. B cannot see that it is old. It answers, politely. If two segments made a connection, B would now be in one, with nobody at the other end, and would keep it for ever, unless it checks now and then.',
      ko: '한참 뒤 옛 SYN이 도착한다. B는 이것이 옛것인지 알 길이 없으니 공손하게 답한다. 만약 두 번으로 연결된다면 B는 이제 상대 없는 연결을 갖게 되고, 가끔 확인해 보지 않는 한 언제까지나 붙들고 있게 된다.',
    },
    {
      id: 'reset',
      when: when.sent('A', 'refusal'),
      en: 'But B’s answer, the SYN-ACK, is also a question: "do you hear me?" And A says: "I know of no such connection" (RST). That is what the third segment is for: only when A says yes does B believe in the connection.',
      ko: '그런데 B의 답인 SYN-ACK는 질문이기도 하다. "내 말은 들려?" A가 답한다. "그런 연결은 몰라"(RST). 세 번째 세그먼트가 있는 이유다. A가 그렇다고 해야만 B는 연결되었다고 믿는다.',
    },
    {
      id: 'reset-syn-sent',
      when: when.sent('A', 'abort'),
      en: 'A has just called anew, with another number. B’s answer confirms the old number, which A never sent this time. So A says RST: "that was not me". B forgets the old question, and A asks anew.',
      ko: 'A는 방금 다른 번호로 다시 연결을 걸었다. 그런데 B의 답은 이번에 A가 보낸 적 없는 옛 번호를 확인한다. 그래서 A는 RST를 보낸다. "그건 내가 아니야." B는 옛 질문을 잊고, A는 다시 묻는다.',
    },
    {
      id: 'saved',
      when: (moment) =>
        moment.kind === 'state' && moment.host === 'B' && moment.from === 'SYN-RECEIVED' && moment.to !== 'ESTABLISHED',
      en: 'B drops the half-made connection and listens again. Its program never heard of it.',
      ko: 'B는 만들다 만 연결을 버리고 다시 기다린다. B의 프로그램은 이런 일이 있었는지도 모른다.',
    },
    {
      id: 'real-one',
      when: when.state('B', 'ESTABLISHED'),
      en: 'The real call goes through: three segments with fresh numbers, and both ends agree.',
      ko: '진짜 연결은 성공한다. 새 번호로 세그먼트 세 개가 오가고, 양쪽이 아는 것이 같아진다.',
    },
  ],
  claims: [
    passes('A', 'SYN-SENT', 'CLOSED'),
    never('B', 'ESTABLISHED'),
    sends('B', 'syn-ack', 1),
    sends('A', 'refusal', 1),
    claim(
      { en: 'B’s program is never told of a connection.', ko: 'B의 프로그램에는 연결되었다는 알림이 가지 않는다.' },
      (run) => run.host('B').talks.length === 0 && run.host('B').stack.tcp.connections().length === 0,
    ),
  ],
  suggestions: [
    {
      id: 'call-again',
      title: { en: 'A calls again just then', ko: '바로 그때 A가 다시 연결한다' },
      look: {
        en: 'Old and new cross on the way. B answers the old SYN; A refuses that answer, and its new call succeeds at the second try.',
        ko: '옛것과 새것이 도중에 엇갈린다. B는 옛 SYN에 답하고, A는 그 답을 거절한다. A의 새 연결은 두 번째 시도에 성공한다.',
      },
      actions: [delay('L1', 2 * SECOND), set('again', true)],
      claims: [
        claim(
          {
            en: 'A’s second call ends in ESTABLISHED at both ends.',
            ko: 'A의 두 번째 연결은 양쪽 모두 ESTABLISHED로 끝난다.',
          },
          (run) => run.state('A', 1) === 'ESTABLISHED' && run.talk('B')?.connection.state === 'ESTABLISHED',
        ),
      ],
    },
    {
      id: 'lose-rst',
      title: { en: 'Lose the RST, too', ko: 'RST도 없애기' },
      look: {
        en: 'B hears nothing and asks again after a second. A says RST once more. B’s patience is all that is lost.',
        ko: 'B는 아무 말도 듣지 못하고 1초 뒤 다시 묻는다. A는 다시 RST를 보낸다. B가 조금 더 기다릴 뿐이다.',
      },
      actions: [delay('L1', 2 * SECOND), drop('L2')],
      claims: [never('B', 'ESTABLISHED'), sends('B', 'syn-ack', 2), sends('A', 'refusal', 2)],
    },
    {
      id: 'in-time',
      title: { en: 'The SYN comes in time', ko: 'SYN이 제때 도착' },
      look: {
        en: 'The same call without the delay: the third segment says "I hear you" instead of RST.',
        ko: '늦지 않고 제때 도착한 같은 연결. 세 번째 세그먼트가 RST 대신 "잘 들려"라고 말한다.',
      },
      actions: [],
      claims: [ends('ESTABLISHED', 'ESTABLISHED')],
    },
  ],
});

/** It is on the way for longer than anybody waits. */
function isLate({ sent, ends: arrives }: Frame): boolean {
  return arrives - sent > SECOND;
}
