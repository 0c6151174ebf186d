import { truncate } from '../display-width';
import { excerpt } from '../excerpt';
import type { Words } from '../lang';
import type { Item, Told } from './told';

/** A first line is shown up to so many columns at least, whatever the room. */
const SHORTEST_LINE = 40;

export interface SayOptions {
  readonly words: Words;
  /** How long what is quoted may be, in columns. */
  readonly columns: number;
  /** Puts text in quotation marks. */
  readonly quote: (text: string) => string;
  readonly ascii: boolean;
}

/** What programs say in a segment, in short sentences; `undefined` when none of it is understood. */
export function sayTold({ items, others }: Told, options: SayOptions): string | undefined {
  if (items.length === 0) return undefined;
  const sentences = items.map((item) => sayItem(item, options));
  if (others > 0) sentences.push(options.words.othersInIt(others));
  return sentences.join(' ');
}

function sayItem(item: Item, options: SayOptions): string {
  const { words, ascii } = options;
  switch (item.kind) {
    case 'request':
    case 'response': {
      const line = truncate(item.line, Math.max(options.columns, SHORTEST_LINE), ascii ? '...' : '…');
      return item.kind === 'request'
        ? words.requests(line, item.upgrade)
        : words.responds(line, item.status ?? 0, item.upgrade);
    }
    case 'frame':
      return sayFrame(item, options);
    case 'more':
      return words.moreOfFrame(item.bytes);
    case 'tls':
      return words.tls(item.names);
  }
}

function sayFrame(frame: Item & { kind: 'frame' }, { words, columns, quote, ascii }: SayOptions): string {
  const text = (): string | undefined => {
    const shown = frame.head.length === 0 ? undefined : excerpt(frame.head, columns, ascii);
    return shown === undefined ? undefined : quote(shown);
  };
  switch (frame.type) {
    case 'ping':
      return words.pings;
    case 'pong':
      return words.pongs;
    case 'close':
      return frame.answers ? words.closesToo(frame.code, text()) : words.closes(frame.code, text());
    case 'text':
    case 'binary':
    case 'continuation': {
      const isText = frame.type !== 'binary' && !frame.compressed;
      const parts = [words.frame(frame.type, frame.length, isText ? text() : undefined)];
      if (frame.compressed) parts.push(words.compressed);
      if (!frame.isLast) parts.push(words.goesOn);
      return parts.join(' ');
    }
  }
}

/** What is told, in the terms of the protocols: for the log. */
export function nameTold({ items, others }: Told): string {
  const names = items.map(nameItem);
  if (others > 0) names.push(`${others} more`);
  return names.join('; ');
}

function nameItem(item: Item): string {
  switch (item.kind) {
    case 'request':
    case 'response': {
      const line = truncate(item.line, 100);
      return item.upgrade === undefined ? line : `${line}, Upgrade: ${item.upgrade}`;
    }
    case 'frame': {
      const { type, head, length, code } = item;
      const text = type === 'binary' || head.length === 0 || item.compressed ? undefined : excerpt(head, 60);
      const size = type === 'close' ? (code ?? '') : `${length} bytes`;
      const marks = `${item.compressed ? ' compressed' : ''}${item.isLast ? '' : ' not final'}`;
      return `WebSocket ${type} ${size}`.trimEnd() + marks + (text === undefined ? '' : `: ${text}`);
    }
    case 'more':
      return `WebSocket ${item.bytes} bytes more`;
    case 'tls':
      return `TLS ${item.names.join(', ')}`;
  }
}

/** Of what kind a segment is that is more than ordinary data, and whether it is shown however many there are. */
export function markOf({ items: [first] }: Told): Mark | undefined {
  switch (first?.kind) {
    case 'request':
    case 'response':
      return { kind: 'http', always: first.upgrade !== undefined };
    case 'frame':
      if (first.type === 'close') return { kind: 'close', always: true };
      return first.type === 'ping' || first.type === 'pong' ? { kind: first.type, always: false } : undefined;
    case 'tls':
      return first.names[0] === 'application data' ? undefined : { kind: 'tls', always: false };
    case 'more':
    case undefined:
      return undefined;
  }
}

/** See {@link markOf}. */
export interface Mark {
  readonly kind: string;
  readonly always: boolean;
}
