import { Option, type Command } from 'commander';
import { between, count } from '../arguments';
import { onDemand } from '../on-demand';
import { asciiOption, langOption } from '../options';
import { parseOnly } from './filter';
import type { ExplainOptions } from './tell';

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
      process.exitCode = await onDemand.explain().explain(file, options);
    });
}
