import { clear, inspectorPath } from '../../control/directory';
import { DEFAULT_PORT, Inspector } from '../../inspector/inspector';
import type { ImpairmentSettings } from '../../inspector/protocol';
import type { ImpairedLink } from '../../link/impair';
import type { Stack } from '../../node/stack';
import { codeOf, Failure, reasonOf } from '../failure';

export interface InspectingOptions {
  readonly program: string;
  /** `true`: the default port, or the next free one. */
  readonly inspect?: number | true | undefined;
  /** The page is served by the stack itself, too. */
  readonly inspectSelf?: number | true | undefined;
  readonly links: readonly ImpairedLink[];
  readonly impairment?: ImpairmentSettings | undefined;
  /** Where the status socket is; the inspector's is beside it. `undefined`: nobody else is to see this stack. */
  readonly statusPath: string | undefined;
  readonly say: (message: string) => void;
}

export interface Inspecting {
  /** The page can be opened. Rejects with a Failure when it cannot be served. */
  readonly ready: Promise<void>;
  close(): void;
}

/** Lets a stack be seen: at a Unix socket for `synack inspect`, and where it is asked for by HTTP. */
export function startInspecting(stack: Stack, options: InspectingOptions): Inspecting {
  const { program, links, impairment, statusPath, say } = options;
  const inspector = new Inspector(stack, { program, links, ...(impairment && { impairment }) });
  const path = statusPath === undefined ? undefined : inspectorPath(statusPath);
  const remove = (): void => {
    if (path !== undefined) clear(path);
  };
  if (path !== undefined) {
    remove();
    inspector.listenPath(path);
    process.once('exit', remove);
  }
  const ready = listen(inspector, options, say);
  // Who waits for it hears of it; nobody need.
  ready.catch(() => undefined);
  return {
    ready,
    close: () => {
      process.off('exit', remove);
      inspector.close();
      remove();
    },
  };
}

async function listen(
  inspector: Inspector,
  { inspect, inspectSelf, statusPath }: InspectingOptions,
  say: (message: string) => void,
): Promise<void> {
  if (inspect !== undefined) {
    try {
      say(`see it: ${await inspector.listen(inspect === true ? undefined : inspect)}${fromOutside(statusPath)}`);
    } catch (error) {
      throw cannotServe(`127.0.0.1:${inspect === true ? DEFAULT_PORT : inspect}`, error);
    }
  }
  if (inspectSelf === undefined) return;
  try {
    const urls = await inspector.listenSelf(inspectSelf === true ? undefined : inspectSelf);
    say(
      `see it over itself: ${urls.join(', ')} (whoever reaches this address and has the token sees and controls all)`,
    );
  } catch (error) {
    throw cannotServe(`synack's own port ${inspectSelf === true ? DEFAULT_PORT : inspectSelf}`, error);
  }
}

/** The loopback of a lab is another one than that of the browser. */
function fromOutside(statusPath: string | undefined): string {
  if (process.env['SYNACK_LAB'] === undefined) return '';
  if (statusPath === undefined) return ' (a browser in this lab only)';
  return ` (in this lab only; from outside it: synack inspect ${process.pid})`;
}

function cannotServe(where: string, error: unknown): Failure {
  const other = codeOf(error) === 'EADDRINUSE' ? '; --inspect without a number takes the next free one' : '';
  return new Failure(`cannot serve the inspector at ${where}: ${reasonOf(error)}${other}`, 1, { cause: error });
}
