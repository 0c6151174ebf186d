import { createServer } from 'node:http';
import type { Command } from 'commander';
import type { Lang } from '../inspect';
import { plain, sendPage } from '../inspector/answers';
import { pathOf } from '../inspector/door';
import { DEFAULT_PORT, listenOn } from '../inspector/inspector';
import { loadPage } from '../inspector/page';
import { SERVER_OPTIONS } from '../inspector/server';
import { port } from './arguments';
import { codeOf, Failure, reasonOf } from './failure';
import { say, untilSignal } from './host';
import { openBrowser } from './inspect/view';
import { onDemand } from './on-demand';
import { langOption } from './options';

interface LearnOptions {
  readonly port?: number;
  readonly open?: true;
  readonly list?: true;
  readonly lang: Lang;
}

const EXAMPLES = `
Each lesson runs the real stack on two hosts in the browser, in a time of its own: step from
segment to segment, lose one, and see what follows. Nothing is sent anywhere.

Examples:
  synack learn                             all lessons, from the first handshake on
  synack learn three-way-handshake --open  one of them, in the browser
  synack learn --list                      what there is`;

export function addLearn(program: Command): void {
  program
    .command('learn')
    .summary('lessons on TCP that run the real stack, in the browser')
    .description('Serves the lessons as a web page on 127.0.0.1.')
    .argument('[lesson]', 'the one to begin with, as --list names it')
    .option('-p, --port <port>', `the port on 127.0.0.1; default: ${DEFAULT_PORT} or the next free one`, port)
    .option('--open', 'open it in the browser')
    .option('--list', 'say which lessons there are')
    .addOption(langOption())
    .addHelpText('after', EXAMPLES)
    .action(async (lesson: string | undefined, options: LearnOptions) => {
      if (options.list) list(options.lang);
      else process.exitCode = await learn(lesson, options);
    });
}

function list(lang: Lang): void {
  const { LESSONS } = onDemand.lessons();
  const width = Math.max(...LESSONS.map(({ id }) => id.length));
  for (const { id, title } of LESSONS) process.stdout.write(`${id.padEnd(width)}  ${title[lang]}\n`);
}

async function learn(lesson: string | undefined, options: LearnOptions): Promise<number> {
  if (lesson !== undefined && !onDemand.lessons().LESSONS.some(({ id }) => id === lesson)) {
    throw new Failure(`there is no lesson "${lesson}"; synack learn --list says which there are`);
  }
  const page = await readOrFail();
  const server = createServer(SERVER_OPTIONS, (request, response) => {
    if (pathOf(request) === '/') sendPage(response, page, undefined);
    else plain(response, 404, 'there is nothing here; the lessons are at /');
  });
  const bound = await listenOn(server, options.port).catch((error: unknown) => {
    const other = codeOf(error) === 'EADDRINUSE' ? '; without --port the next free one is taken' : '';
    throw new Failure(`cannot listen on 127.0.0.1:${options.port ?? DEFAULT_PORT}: ${reasonOf(error)}${other}`);
  });
  server.ref();
  const url = `http://127.0.0.1:${bound}/?lang=${options.lang}${lesson === undefined ? '' : `#${lesson}`}`;
  say(`the lessons are at ${url} (Ctrl-C ends them)`);
  if (options.open) openBrowser(url);
  const code = await untilSignal();
  server.close();
  server.closeAllConnections();
  // Ctrl-C is how lessons end.
  return code === 130 ? 0 : code;
}

async function readOrFail(): Promise<string> {
  try {
    return await loadPage('learn');
  } catch (error) {
    throw new Failure(reasonOf(error));
  }
}
