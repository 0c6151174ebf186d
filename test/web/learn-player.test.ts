import { describe, expect, test } from '@jest/globals';
import { findField } from '../../src/inspect/dissect';
import { drop, LESSONS, Run, set, type Lesson } from '../../src/lessons';
import { readAddress, withLang } from '../../web/learn/address';
import { compared, stateText } from '../../web/learn/compared';
import { opened, recordOf } from '../../web/learn/opened';
import { experimentOf, outcomeOf, statesOf } from '../../web/learn/outcome';
import { Player } from '../../web/learn/player';
import { termsOf } from '../../web/learn/terms';

function lesson(id: string): Lesson {
  const found = LESSONS.find((each) => each.id === id);
  if (found === undefined) throw new Error(`there is no lesson ${id}`);
  return found;
}

const HANDSHAKE = lesson('three-way-handshake');
const LOST = lesson('lost-syn-ack');

/** What is seen of a run. */
function seen({ run }: Player): unknown {
  return [run.now, run.steps, statesOf(run, 'A'), statesOf(run, 'B'), run.beats.map(({ beat }) => beat.id)];
}

/** Plays for so many ms, in frames of a screen. */
function play(player: Player, ms: number): void {
  for (let passed = 0; passed < ms; passed += 16) player.tick(16);
}

describe('the player of a lesson', () => {
  test('a step moves what is on the wire there within a second, and then stands; one more press at once, and it is there', () => {
    const player = new Player(LOST);
    player.step();
    play(player, 16);
    expect(player.run.steps).toBe(1);
    player.step();
    play(player, 300);
    const { run } = player;
    expect(run.steps).toBe(1);
    const [frame] = run.underWay();
    expect(frame && run.position(frame)).toBeGreaterThan(0.2);
    player.step();
    expect([player.run.steps, player.mode]).toEqual([2, 'step']);
    play(player, 1000);
    expect([player.run.steps, player.mode, player.run.now]).toEqual([3, 'still', 31_000]);
  });

  test('back and forth is the same as forth', () => {
    const player = new Player(LOST);
    player.animated = false;
    const way: unknown[] = [];
    while (!player.isDone) {
      way.push(seen(player));
      player.step();
    }
    while (way.length > 0) {
      player.back();
      expect(seen(player)).toEqual(way.pop());
    }
    player.goTo(4);
    player.goTo(2);
    player.toEnd();
    expect(statesOf(player.run, 'A')).toEqual(['ESTABLISHED']);
  });

  test('fifty times slower a flight of 20 ms takes a second; a silence of a second is passed over, and says so', () => {
    const player = new Player(LOST);
    player.waits = false;
    player.play();
    play(player, 960);
    expect(player.run.now).toBeGreaterThan(18_000);
    expect(player.run.now).toBeLessThan(20_000);
    play(player, 700);
    expect(player.passesOver).toBeGreaterThan(800_000);
    play(player, 1500);
    expect(player.run.now).toBeGreaterThanOrEqual(1_000_000);
    play(player, 5000);
    expect([player.isDone, player.mode]).toEqual([true, 'still']);
  });

  test('a remark is given time to be read, the longer the more', () => {
    const player = new Player(HANDSHAKE);
    player.play();
    play(player, 48);
    expect(player.isReading).toBe(true);
    play(player, 3000);
    expect(player.run.now).toBe(0);
    play(player, 4500);
    expect(player.run.now).toBeGreaterThan(0);
  });

  test('with no movement, it goes from event to event', () => {
    const player = new Player(HANDSHAKE);
    Object.assign(player, { animated: false, waits: false });
    player.play();
    const times = new Set<number>();
    for (let at = 0; at < 600 && player.isMoving; at++) {
      player.tick(16);
      times.add(player.run.now);
    }
    expect([...times]).toEqual([0, 20_000, 40_000, 60_000]);
  });

  test('a change makes the run anew up to now: what was before is as it was, what comes is not', () => {
    const player = new Player(HANDSHAKE);
    player.animated = false;
    player.step();
    player.run.advanceTo(8000);
    player.change([drop('L1')]);
    expect(player.run.now).toBe(8000);
    expect(player.run.underWay().map(({ loss }) => loss)).toEqual(['action']);
    expect(player.link).toBe('three-way-handshake' === player.lesson.id ? '1/three-way-handshake/1/drop:L1' : '');
    player.toEnd();
    expect(outcomeOf(player.run)).toMatchObject({ lost: 1, again: 1, lasted: 1_060_000 });
    player.begin(HANDSHAKE.actions ?? []);
    expect([player.run.now, player.isChanged, player.link]).toEqual([0, false, 'three-way-handshake']);
  });

  test('what comes of a change is compared with the usual run in plain sentences', () => {
    const usual = outcomeOf(new Run(HANDSHAKE).finish());
    const changed = outcomeOf(new Run(HANDSHAKE, { actions: [drop('L1')] }).finish());
    expect(compared(changed, usual, 'en')).toEqual([
      'In the end A is ESTABLISHED and B is ESTABLISHED, as without your change.',
      'It took 4 segments instead of 3; 1 was lost, 1 sent again.',
      'It was over after 1.06 s instead of 60 ms.',
    ]);
    expect(compared(changed, usual, 'ko')[1]).toBe(
      '세그먼트는 3개가 아니라 4개입니다. 그중 1개가 사라졌습니다. 1개는 다시 보낸 것입니다.',
    );
  });

  test('experiments are known by their actions', () => {
    const [first] = LOST.suggestions;
    expect(experimentOf(LOST, 1, LOST.actions ?? [])).toBe('');
    expect(experimentOf(LOST, 1, [...(first?.actions ?? [])].reverse())).toBe(first?.id);
    expect(experimentOf(LOST, 2, LOST.actions ?? [])).toBeUndefined();
  });
});

describe('addresses', () => {
  test('nothing, a name, a link, a link with a time', () => {
    expect(readAddress('', LESSONS)).toEqual({ page: 'contents' });
    expect(readAddress('#time-wait', LESSONS)).toMatchObject({ page: 'lesson', lesson: { id: 'time-wait' } });
    expect(readAddress('#time-wait@20000', LESSONS)).toMatchObject({ lesson: { id: 'time-wait' }, time: 20_000 });
    expect(readAddress('#no-such-lesson', LESSONS)).toEqual({ page: 'contents', problem: 'lesson' });
    expect(readAddress('#1/lost-syn-ack/7/drop:L2@20000', LESSONS)).toMatchObject({
      lesson: LOST,
      seed: 7,
      actions: [drop('L2')],
      time: 20_000,
    });
  });

  test('a link that came through a chat: escaped, or with the end of the sentence behind it', () => {
    const plain = readAddress('#1/lost-syn-ack/7/drop:L2@20000', LESSONS);
    expect(readAddress('#1%2Flost-syn-ack%2F7%2Fdrop%3AL2%4020000', LESSONS)).toEqual(plain);
    for (const end of ['.', ',', ').', '”', '!'])
      expect(readAddress(`#1/lost-syn-ack/7/drop:L2@20000${end}`, LESSONS)).toEqual(plain);
  });

  test('what makes no sense leads to the lesson that it names, or to the contents, and is told', () => {
    expect(readAddress('#1/lost-syn-ack/7/explode:L2', LESSONS)).toEqual({
      page: 'lesson',
      lesson: LOST,
      problem: 'action',
    });
    expect(readAddress('#2/lost-syn-ack', LESSONS)).toMatchObject({ lesson: LOST, problem: 'version' });
    for (const hash of ['#nonsense', '#1/nonsense/1', '#%', `#${'x'.repeat(10_000)}`])
      expect(readAddress(hash, LESSONS)).toMatchObject({ page: 'contents', problem: expect.any(String) });
  });
});

describe('words in texts', () => {
  test('each is explained where it is met first, and letters inside of others are none', () => {
    const pieces = termsOf(HANDSHAKE, 'en', [{ name: 'SYN-SENT', means: 'asked' }]).split(
      'A SYN-SENT asks by SYN, then SYN; a segment is synced in segments.',
    );
    expect(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.text]))).toEqual([
      'SYN-SENT',
      'SYN',
      'segment',
    ]);
    expect(pieces.map((piece) => (typeof piece === 'string' ? piece : piece.text)).join('')).toBe(
      'A SYN-SENT asks by SYN, then SYN; a segment is synced in segments.',
    );
  });

  test('in Korean, with the particles behind them', () => {
    const pieces = termsOf(HANDSHAKE, 'ko').split('이것이 SYN이다. 세그먼트를 보낸다.');
    expect(pieces.flatMap((piece) => (typeof piece === 'string' ? [] : [piece.text]))).toEqual(['SYN', '세그먼트']);
  });
});

test('a segment opened: its window is scaled, also where the handshake was answered by a SYN cookie', () => {
  const run = new Run(lesson('syn-flood'), { actions: [set('cookies', true)] }).finish();
  const row = run.timeline.rows
    .slice()
    .filter((each) => each.kind === 'segment')
    .filter(({ reading, event }) => reading.purpose === 'ack' && event.connection.id > 0)
    .at(-1);
  const frame = row === undefined ? undefined : run.timeline.frameOf(row);
  if (row === undefined || frame === undefined) throw new Error('B has acknowledged nothing');
  const { fields } = opened(frame, recordOf(run, 0, row));
  expect(findField(fields, 'tcp.window')?.value).toBe('1023 × 128 = 130944');
});

test('a link that is given away keeps the language of who gives it, and what it says', () => {
  const link = 'https://example.org/learn/index.html?lang=en&x=1#1/lost-syn-ack/1/drop:R1';
  expect(withLang(link, 'ko')).toBe(link.replace('lang=en', 'lang=ko'));
  expect(withLang('file:///tmp/index.html#time-wait', 'ko')).toBe('file:///tmp/index.html?lang=ko#time-wait');
});

test('many connections are counted, not listed', () => {
  expect(stateText(['CLOSED', 'ESTABLISHED'])).toBe('CLOSED + ESTABLISHED');
  expect(stateText([...Array<'CLOSED'>(8).fill('CLOSED'), 'ESTABLISHED'])).toBe('8 × CLOSED + ESTABLISHED');
});
