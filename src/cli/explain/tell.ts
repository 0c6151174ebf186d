import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
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
import { codeOf, Failure, reasonOf } from '../failure';
import { columnsOf, hasColour } from '../watch';
import type { Filter } from './filter';
import { renderHtml } from './html';
import { openInput } from './input';
import { Progress } from './progress';

export interface ExplainOptions {
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

/** Reads a capture and shows what happened in it; the exit code. */
export async function explain(file: string, options: ExplainOptions): Promise<number> {
  const report = await read(file, options);
  const { problem } = report.capture;
  if (problem?.kind === 'not-a-capture') {
    const why = tellDamage(problem.damage, EXPLAIN_TEXTS[options.lang]);
    throw new Failure(options.lang === 'ko' ? `${file}: 읽을 수 없습니다. ${why}` : `cannot read ${file}: ${why}`);
  }
  show(file === '-' ? 'the capture' : basename(file), report, options);
  const all = [...report.findings, ...report.conversations.flatMap(({ findings }) => findings)];
  const gravest = worst(all);
  return options.exitCode && gravest !== undefined && gravest !== 'note' ? SOMETHING_WRONG : 0;
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
        throw new Failure(`cannot write ${html}: ${whyNotWritten(error)}`, 1, { cause: error });
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

function whyNotWritten(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = {
    ENOENT: 'there is no such folder',
    EISDIR: 'it is a folder',
    EACCES: 'you may not write there',
  };
  return reasons[codeOf(error) ?? ''] ?? reasonOf(error);
}
