import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { Door, LOOPBACK_HOSTS, newToken } from '../../inspector/door';
import { DEFAULT_PORT, listenOn } from '../../inspector/inspector';
import { passOn } from '../../inspector/pass-on';
import { SERVER_OPTIONS } from '../../inspector/server';
import { codeOf, Failure, reasonOf } from '../failure';
import { say } from '../host';

export interface ViewOptions {
  readonly port?: number;
  /** Open the browser. */
  readonly open?: true;
}

/** A page that shows a running synack, for a browser on this machine. */
export interface View {
  /** Resolves when what is looked at has ended. */
  readonly ended: Promise<void>;
  close(): void;
}

/** How often it is looked whether the process is still there, ms. */
const LOOK = 500;

/**
 * Serves on loopback what is at the Unix socket of an inspector, says where, and opens a browser if it is to.
 * @throws Failure when it cannot listen
 */
export async function view(path: string, program: string, { port, open }: ViewOptions): Promise<View> {
  const token = newToken();
  const server = createServer(SERVER_OPTIONS);
  passOn(server, path, new Door({ token, hosts: () => LOOPBACK_HOSTS }));
  let bound: number;
  try {
    bound = await listenOn(server, port);
  } catch (error) {
    const other =
      codeOf(error) === 'EADDRINUSE' && port !== undefined ? '; without --port the next free one is taken' : '';
    throw new Failure(`cannot listen on 127.0.0.1:${port ?? DEFAULT_PORT}: ${reasonOf(error)}${other}`);
  }
  const url = `http://127.0.0.1:${bound}/?token=${token}`;
  say(`see ${program} at ${url} (Ctrl-C ends the view)`);
  if (open === true) openBrowser(url);
  let timer: NodeJS.Timeout | undefined;
  const ended = new Promise<void>((resolve) => {
    timer = setInterval(() => {
      if (!existsSync(path)) resolve();
    }, LOOK);
  });
  return {
    ended,
    close: () => {
      clearInterval(timer);
      server.close();
      server.closeAllConnections();
    },
  };
}

export function openBrowser(url: string): void {
  const opener = process.platform === 'darwin' ? 'open' : 'xdg-open';
  const child = spawn(opener, [url], { stdio: 'ignore', detached: true });
  child.on('error', (error) => {
    const why = codeOf(error) === 'ENOENT' ? `${opener} is not there` : reasonOf(error);
    say(`no browser could be opened: ${why}; open the address yourself`);
  });
  child.on('exit', (status) => {
    if (status !== null && status !== 0)
      say(`no browser could be opened: ${opener} ended with ${status}; open the address yourself`);
  });
  child.unref();
}
