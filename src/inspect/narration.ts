import { sayTold } from './application/say';
import { NOTHING_TOLD, type Told } from './application/told';
import type { Reading } from './conversation';
import { NO_BREAK_SPACE, wrap } from './display-width';
import { excerpt } from './excerpt';
import type { Words } from './lang';

/** How a sentence is to be written. */
export interface Style {
  readonly words: Words;
  /** Columns in a line. What is quoted from the payload is shortened where that saves a line. */
  readonly room?: number;
  readonly ascii?: boolean;
  /** What its data says in a protocol above TCP. */
  readonly told?: Told;
}

const LONGEST_QUOTE = 60;
const SHORT_QUOTE = 16;

/**
 * What the segment says, in a short sentence; remarks about it follow in round brackets. With `room`, the spaces in a
 * quotation are no-break spaces, so that it stays in one line if it can.
 */
export function narrate(reading: Reading, style: Style): string {
  const full = sentence(reading, style, LONGEST_QUOTE);
  const { room } = style;
  if (room === undefined) return full;
  const lines = (text: string): number => wrap(text, room).length;
  if (lines(full) === 1) return full;
  const fewest = lines(sentence(reading, style, SHORT_QUOTE));
  let columns = LONGEST_QUOTE;
  while (columns > SHORT_QUOTE && lines(sentence(reading, style, columns)) > fewest) columns -= 1;
  return sentence(reading, style, columns);
}

function sentence(reading: Reading, style: Style, quoteColumns: number): string {
  const { words } = style;
  const parts = [speech(reading, style, quoteColumns)];
  if (reading.urgent) parts.push(words.urgent);
  if (reading.crossed) parts.push(words.bothAtOnce);
  if (reading.duplicate) parts.push(words.heardAlready);
  if (reading.missing > 0) parts.push(words.tooEarly(reading.missing));
  if (reading.fills) parts.push(words.wasMissing);
  return parts.join(' ');
}

function speech(reading: Reading, style: Style, quoteColumns: number): string {
  const { words } = style;
  const { again, length, payload } = reading;
  const data = (): string => above(quoteColumns, style) ?? words.hereAre(length, quote(payload, quoteColumns, style));
  switch (reading.purpose) {
    case 'syn':
    case 'syn-ack': {
      const parts = [reading.purpose === 'syn' ? words.canYouHearMe : words.iHearYouDoYouHearMe];
      if (length > 0) parts.push(data());
      if (again) parts.push(words.iAskAgain);
      return parts.join(' ');
    }
    case 'handshake-ack':
      return words.iHearYou;
    case 'data':
      if (again) return saidAgain(reading, words);
      return reading.acknowledges ? `${words.gotIt} ${data()}` : data();
    case 'ack':
      return withSack(words.gotItUpTo(reading.ack ?? 0), reading, style);
    case 'duplicate-ack':
      return withSack(words.stillWaitFor(reading.ack ?? 0), reading, style);
    case 'zero-window':
      return again ? words.stillFull : words.stopIAmFull;
    case 'window-update':
      return words.goOn(reading.window);
    case 'window-probe':
      return words.mayIGoOn;
    case 'keep-alive':
      return words.stillThere;
    case 'keep-alive-answer':
      return words.yesIAmHere;
    case 'challenge':
      return words.isThatYou;
    case 'first-fin':
      if (again) return words.iSayItAgain;
      return length > 0 ? `${data()} ${words.thatWasEverything}` : words.iHaveSentEverything;
    case 'second-fin': {
      if (again) return words.iSayItAgain;
      const fin = reading.acknowledgesFin ? words.allRightIHangUpToo : words.iHangUpToo;
      return length > 0 ? `${data()} ${fin}` : fin;
    }
    case 'ack-of-first-fin':
      return words.oneMoment;
    case 'last-ack':
      return words.allRight;
    case 'refusal':
      return words.nobodyListens(reading.port);
    case 'no-such-connection':
      return words.noSuchConnection;
    case 'abort':
      return words.iDropEverything;
  }
}

function saidAgain({ cause }: Reading, words: Words): string {
  switch (cause) {
    case 'fast-retransmit':
      return words.youMissedThis;
    case 'probe':
      return words.didYouHearTheLast;
    case 'window-opened':
      return words.nowThereIsRoom;
    case 'path-mtu':
      return words.inSmallerPieces;
    case 'timeout':
    case undefined:
      return words.iSayItAgain;
  }
}

function withSack(said: string, { sack }: Reading, { words, ascii }: Style): string {
  if (sack.length === 0) return said;
  const to = ascii === true ? '-' : '–';
  return `${said} ${words.butIHave(sack.map(([left, right]) => `${left}${to}${right - 1}`).join(', '))}`;
}

function above(columns: number, { words, ascii = false, room, told = NOTHING_TOLD }: Style): string | undefined {
  return sayTold(told, { words, columns, ascii, quote: (text) => inQuotes(text, room) });
}

function quote(payload: Uint8Array, columns: number, { ascii, room }: Style): string | undefined {
  const text = excerpt(payload, columns, ascii);
  return text === undefined ? undefined : inQuotes(text, room);
}

function inQuotes(text: string, room: number | undefined): string {
  return `"${room === undefined ? text : text.replaceAll(' ', NO_BREAK_SPACE)}"`;
}
