import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Option, type Command } from 'commander';
import {
  CaptureReader,
  EXPLAIN_TEXTS,
  Explainer,
  renderText,
  tellDamage,
  toJson,
  worst,
  type Report,
} from '../../explain';
import type { Lang } from '../../inspect';
import { between, count } from '../arguments';
import { Failure, reasonOf } from '../failure';
import { asciiOption, langOption } from '../options';
import { columnsOf, hasColour } from '../watch';
import { parseOnly, type Filter } from './filter';
import { renderHtml } from './html';
import { openInput } from './input';
import { Progress } from './progress';

interface ExplainOptions {
  readonly only?: Filter;
  readonly conversations: number;
  readonly findingsOnly?: true;
  readonly json?: true;
  readonly html?: string;
  readonly exitCode?: true;
  readonly maxConversations: number;
  readonly lang: Lang;
  readonly ascii: boolean;
  readonly width?: number;
  readonly color: boolean;
}

/** With --exit-code: something is wrong in the capture. */
const SOMETHING_WRONG = 3;

const EXAMPLES = `
A capture is what tcpdump -w, Wireshark or synack --pcap write: pcap or pcapng, also packed
with gzip. Packet numbers are Wireshark's. Everything found has a name in square brackets;
docs/explain.md tells of each.

Exit code: 0 when the capture was read, whatever is in it (also up to where it is damaged:
that is told); 1 when there was nothing to read. With --exit-code 3 when something is wrong in it.

Examples:
  synack explain trace.pcapng
  synack explain --only 'port 443 and host 10.0.0.7' trace.pcapng.gz
  synack explain --html trace.html trace.pcap     a page to click through, or to pass on
  tcpdump -w - -c 1000 tcp | synack explain -
  synack explain --json trace.pcap | jq '.conversations[].findings[].id'`;

export function addExplain(program: Command): void {
  program
    .command('explain')
    .summary('tell what happened in a capture')
    .description('Reads a capture, shows each TCP conversation as a ladder, and tells what went wrong, where, and why.')
    .argument('<file>', 'pcap or pcapng, also in gzip; - is standard input')
    .addOption(
      new Option('--only <which>', "conversations by number (3,5) or 'port 80', 'host 10.0.0.1', …").argParser(
        parseOnly,
      ),
    )
    .addOption(
      new Option('--conversations <number>', 'how many to show, those with something wrong first')
        .argParser(count)
        .default(20),
    )
    .option('--findings-only', 'no ladders')
    .option('--json', 'all findings as JSON, see docs/explain.md')
    .option('--html <file>', 'write a page with everything in it instead; - is standard output')
    .option('--exit-code', 'end with 3 when something is wrong in the capture')
    .addOption(
      new Option('--max-conversations <number>', 'followed at a time; more take more memory')
        .argParser(count)
        .default(10_000),
    )
    .addOption(langOption())
    .addOption(asciiOption())
    .addOption(new Option('--width <columns>', 'default: the terminal’s').argParser(between(40, 400)))
    .option('--no-color', 'without colours')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ExplainOptions) => {
      const report = await read(file, options);
      const { problem } = report.capture;
      if (problem?.kind === 'not-a-capture') {
        const why = tellDamage(problem.damage, EXPLAIN_TEXTS[options.lang]);
        throw new Failure(`cannot read ${file}: ${why}`);
      }
      show(file === '-' ? 'the capture' : basename(file), report, options);
      const all = [...report.findings, ...report.conversations.flatMap(({ findings }) => findings)];
      const gravest = worst(all);
      if (options.exitCode && gravest !== undefined && gravest !== 'note') process.exitCode = SOMETHING_WRONG;
    });
}

async function read(file: string, { only, maxConversations, html }: ExplainOptions): Promise<Report> {
  const input = openInput(file);
  const explainer = new Explainer({
    maxConversations,
    ...(only !== undefined && { only }),
    // Only on a page can they be opened.
    ...(html === undefined && { maxPacketBytes: 0 }),
  });
  const reader = new CaptureReader((packet) => {
    explainer.packet(packet);
  });
  const progress = new Progress(input.size);
  try {
    for await (const chunk of input.chunks) {
      reader.push(chunk);
      progress.show(input.position());
      if (reader.problem !== undefined) break;
    }
  } catch (error) {
    throw new Failure(`cannot read ${file}: ${reasonOf(error)}`, 1, { cause: error });
  } finally {
    progress.end();
  }
  reader.end();
  return explainer.finish({ problem: reader.problem, format: reader.formatName, dropped: reader.dropped });
}

function show(name: string, report: Report, options: ExplainOptions): void {
  const { lang, ascii, html, json } = options;
  if (html !== undefined) {
    const page = renderHtml(report, name, lang);
    if (html === '-') process.stdout.write(page);
    else
      try {
        writeFileSync(html, page);
      } catch (error) {
        throw new Failure(`cannot write ${html}: ${reasonOf(error)}`, 1, { cause: error });
      }
  }
  if (json) process.stdout.write(`${JSON.stringify(toJson(report, { name, lang }), null, 2)}\n`);
  if (json ?? html !== undefined) return;
  const text = renderText(report, {
    lang,
    ascii,
    width: options.width ?? columnsOf(process.stdout),
    color: options.color && hasColour(process.stdout),
    name,
    conversations: options.conversations,
    findingsOnly: options.findingsOnly ?? false,
  });
  process.stdout.write(text);
}
