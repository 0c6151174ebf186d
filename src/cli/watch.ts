import { Ladder, Log } from '../inspect';
import type { Stack } from '../stack';
import type { ShowOptions, Watch } from './options';

/** Bytes that wait for a slow terminal; lines beyond them are left out, and counted. */
const MOST_WAITING = 16 * 1024 * 1024;
/** How long in ms nothing must come before what was counted is told. */
const QUIET = 300;

/** Where lines go: standard output or standard error. */
export type Screen = NodeJS.WriteStream;

export interface WatchOptions extends ShowOptions {
  readonly watch: Watch;
  readonly screen: Screen;
  readonly names?: { readonly local?: string; readonly remote?: (address: string, port: number) => string };
}

/** A watcher that is at work. */
export interface Watching {
  /** Tells what is left to tell, and stops. */
  end(): void;
}

/** Shows on `screen` all that happens in `stack`. */
export function watch(stack: Stack, { watch: how, screen, lang, ascii, names = {} }: WatchOptions): Watching {
  const write = boundedWriter(screen);
  if (how === 'log') {
    const log = new Log({ write });
    const stop = stack.observe((event) => {
      log.event(event);
    });
    return { end: stop };
  }
  const ladder = new Ladder({ write, lang, ascii, names, width: columnsOf(screen), color: hasColour(screen) });
  let quiet: NodeJS.Timeout | undefined;
  const stop = stack.observe((event) => {
    ladder.event(event);
    quiet ??= setTimeout(() => {
      ladder.flush();
    }, QUIET).unref();
    quiet.refresh();
  });
  return {
    end: () => {
      stop();
      clearTimeout(quiet);
      ladder.end();
    },
  };
}

/** How wide the ladder may be: the terminal, or `$COLUMNS`, or wide enough for one line a segment. */
export function columnsOf(screen: Screen): number {
  if (screen.isTTY) return screen.columns;
  return Number(process.env['COLUMNS']) || 100;
}

/** Colours only on a terminal that has them, and for nobody who does not want them (no-color.org). */
export function hasColour(screen: Screen): boolean {
  return screen.isTTY && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
}

function boundedWriter(screen: Screen): (text: string) => void {
  let leftOut = 0;
  return (text) => {
    if (screen.writableLength > MOST_WAITING) {
      leftOut += 1;
      return;
    }
    if (leftOut > 0) screen.write(`(${leftOut} lines were left out: the terminal could not keep up)\n`);
    leftOut = 0;
    screen.write(text);
  };
}
