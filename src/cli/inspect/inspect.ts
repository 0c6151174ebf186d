import type { Command } from 'commander';
import { port } from '../arguments';
import { Failure } from '../failure';
import { say, untilSignal } from '../host';
import { playground } from './playground';
import { meant, running, type Running } from './running';
import { view, type ViewOptions } from './view';

interface InspectOptions extends ViewOptions {
  readonly demo?: true;
}

const EXAMPLES = `
It shows a synack that runs already: serve, nc, run, router, or a program of yours that
offers it. With several say which one, by its process id or a part of its name. When none
runs, and this is a terminal, a playground is made: an echo server, and a client that talks
to it again and again.

The address has a token in it: without it nobody sees anything. It is on 127.0.0.1 only.

Examples:
  synack serve echo &                      in a lab (synack lab), or on any link
  synack inspect                           in any other terminal, also outside the lab
  synack inspect --demo                    nothing at hand? look at this
  synack serve echo --inspect              the same page from the server itself
  synack serve echo --inspect-self         … and over the very stack that it shows`;

export function addInspect(program: Command): void {
  program
    .command('inspect')
    .summary('see a running synack in the browser, live')
    .description(
      'Serves a web page that shows every connection of a running synack as it happens: states, segments, windows, timers.',
    )
    .argument('[which]', 'the process id, or a part of the name that synack ss shows')
    .option('-p, --port <port>', 'the port on 127.0.0.1; default: 9293 or the next free one', port)
    .option('--open', 'open it in the browser')
    .option('--demo', 'a playground: an echo server in a lab of its own, and a kernel nc that talks to it')
    .addHelpText('after', EXAMPLES)
    .action(async (which: string | undefined, options: InspectOptions) => {
      process.exitCode = await inspect(which, options);
    });
}

async function inspect(which: string | undefined, options: InspectOptions): Promise<number> {
  if (options.demo) return playground(options);
  const all = await running();
  const [only, ...others] = which === undefined ? all : meant(all, which);
  if (only === undefined) {
    if (all.length > 0) throw new Failure(`no running synack is called "${which ?? ''}"; there are:\n${listOf(all)}`);
    if (which === undefined && process.stdout.isTTY) {
      say('no synack runs that could be shown, so here is a playground');
      return playground(options);
    }
    throw new Failure(
      'no synack runs that could be shown. Start one, for example in a lab (synack lab): synack serve echo &\n' +
        'or look at a playground: synack inspect --demo',
    );
  }
  if (others.length > 0) {
    throw new Failure(
      `several synacks run; say which one, as in: synack inspect ${only.pid}\n${listOf([only, ...others])}`,
    );
  }
  const signal = untilSignal();
  const shown = await view(only.path, `${only.program} (process ${only.pid})`, options);
  const code = await Promise.race([signal, shown.ended]);
  shown.close();
  if (code === undefined) say(`${only.program} has ended`);
  // Ctrl-C is how a view ends.
  return code === undefined || code === 130 ? 0 : code;
}

function listOf(all: readonly Running[]): string {
  const width = Math.max(...all.map(({ pid }) => String(pid).length));
  return all
    .map(({ pid, program, connections }) => {
      const count = connections === 1 ? '1 connection' : `${connections} connections`;
      return `  ${String(pid).padStart(width)}  ${program}, ${count}`;
    })
    .join('\n');
}
