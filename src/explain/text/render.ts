import { withPort } from '../../wire/address';
import { SEVERITIES, byWeight, type Finding, type Severity } from '../findings/finding';
import { LADDER_TERMS, TERMS, tell, type Term } from '../lang';
import type { ConversationReport, Report } from '../report';
import { drawLadder } from './ladder';
import { Page, type TextOptions } from './page';

/** Findings in the summary; the others stand with their conversations. */
const MOST_IN_SUMMARY = 20;
/** Comments of a conversation that are told; a capture of ours has one on every packet. */
const MOST_COMMENTS = 3;

/** A report as text: the summary first, the worst first in it; then each conversation with its ladder; then the words. */
export function renderText(report: Report, options: TextOptions): string {
  const page = new Page(options);
  const terms = new Set<Term>();
  summary(page, report);
  const all = allFindings(report);
  const grave = all.filter(({ severity }) => severity !== 'note').slice(0, MOST_IN_SUMMARY);
  if (grave.length > 0) {
    page.line();
    for (const finding of grave) headline(page, finding);
  }
  if (report.findings.length > 0) {
    page.line();
    heading(page, page.texts.labels.wholeCapture);
    for (const finding of report.findings) told(page, finding, terms);
  }
  const shown = worstFirst(report.conversations).slice(0, options.conversations);
  const chosen = new Set(shown);
  const inOrder = report.conversations.filter((each) => chosen.has(each));
  if (!options.findingsOnly && inOrder.length > 0) {
    page.line();
    page.paragraph(page.texts.labels.legend);
  }
  for (const conversation of inOrder) tellConversation(page, conversation, terms);
  const hidden = report.totalConversations - inOrder.length;
  if (hidden > 0) {
    page.line();
    page.paragraph(page.texts.labels.moreConversations(hidden));
  }
  if (terms.size > 0) {
    page.line();
    heading(page, page.texts.labels.terms);
    for (const term of TERMS)
      if (terms.has(term)) page.paragraph(`${term}: ${page.texts.terms[term]}`, { first: '  ', rest: '      ' });
  }
  return page.toString();
}

function summary(page: Page, { capture, totalConversations, findings, conversations }: Report): void {
  const { texts, options } = page;
  const { labels } = texts;
  heading(page, labels.title(options.name));
  page.paragraph(
    labels.summary(capture.packets, texts.bytes(capture.bytes), texts.time(capture.duration), totalConversations),
  );
  if (capture.start > 0)
    page.paragraph(labels.began(`${new Date(capture.start / 1000).toISOString().replace('T', ' ').slice(0, 19)} UTC`));
  const others = (['udp', 'icmp', 'arp', 'otherIp', 'notIp', 'malformed', 'unknownLink'] as const)
    .filter((kind) => capture[kind] > 0)
    .map((kind) => `${texts.number(capture[kind])} ${labels.kinds[kind]}`);
  if (others.length > 0) page.paragraph(labels.others(others));
  if (capture.truncated > 0) page.paragraph(labels.truncated(capture.truncated));
  if (totalConversations === 0) page.paragraph(labels.noConversation);
  const all = [...findings, ...conversations.flatMap((each) => each.findings)];
  const count = (severity: Severity): number => all.filter((each) => each.severity === severity).length;
  const [failures = 0, troubles = 0, notes = 0] = SEVERITIES.map(count);
  if (failures + troubles > 0) page.paragraph(page.paint('strong', labels.wrong(failures, troubles, notes)));
  else if (totalConversations > 0)
    page.paragraph(`${labels.nothingWrong}${notes > 0 ? ` (${labels.wrong(0, 0, notes)})` : ''}`);
}

function heading(page: Page, text: string): void {
  page.line(page.paint('strong', text));
}

/** One line of the summary. */
function headline(page: Page, finding: Finding): void {
  const { texts } = page;
  const { title } = tell(finding, texts);
  const where = finding.conversation === 0 ? '' : `#${finding.conversation} `;
  const first = finding.frames[0];
  const packets = first === undefined ? '' : ` (${texts.labels.packetNumber} ${first})`;
  page.paragraph(`${where}${title}${packets}`, {
    first: `  ${label(page, finding.severity)} `,
    rest: ' '.repeat(4 + texts.severity[finding.severity].length),
  });
}

function label(page: Page, severity: Severity): string {
  const text = page.texts.severity[severity];
  return severity === 'note'
    ? page.paint('faint', text)
    : page.paint(severity === 'failure' ? 'failure' : 'warning', text);
}

function told(page: Page, finding: Finding, terms: Set<Term>): void {
  const { texts, glyphs } = page;
  const said = tell(finding, texts);
  for (const term of said.terms) terms.add(term);
  page.line();
  page.line(
    `  ${label(page, finding.severity)}  ${page.paint('strong', said.title)}  ${page.paint('faint', `[${finding.id}]`)}`,
  );
  const indent = { first: '    ', rest: '    ' };
  page.paragraph(said.what, indent);
  if (finding.frames.length > 0) {
    const more =
      finding.count > finding.frames.length
        ? ` ${texts.labels.morePackets(finding.count - finding.frames.length)}`
        : '';
    page.paragraph(`${texts.labels.packets(finding.frames.join(', '))}${more}`, indent);
  }
  if (said.causes.length > 0) {
    const list = said.causes.map(({ likelihood, text }) => `${likelihood} ${glyphs.dash} ${text}`).join('; ');
    page.paragraph(`${texts.labels.because}: ${list}.`, indent);
  }
  if (said.todo !== undefined && finding.severity !== 'note')
    page.paragraph(`${texts.labels.todo}: ${said.todo}`, indent);
}

function tellConversation(page: Page, report: ConversationReport, terms: Set<Term>): void {
  const { texts, glyphs } = page;
  const { labels } = texts;
  const end = ({ address, port }: ConversationReport['client']): string => withPort(address, port);
  page.line();
  heading(
    page,
    `${labels.conversation(report.number)}: ${end(report.client)} ${glyphs.line}${glyphs.right} ${end(report.server)}`,
  );
  const facts = labels.conversationFacts(
    report.segments.client + report.segments.server,
    texts.bytes(report.bytes.client),
    texts.bytes(report.bytes.server),
    texts.time(report.duration),
    report.roundTrip === undefined ? undefined : texts.time(report.roundTrip),
  );
  const speaks = report.protocols.length === 0 ? '' : `; ${labels.speaks(report.protocols.join(', '))}`;
  page.paragraph(`${facts}${speaks}; ${labels.stateOf(report.states.client ?? '?', report.states.server ?? '?')}.`, {
    first: '  ',
    rest: '  ',
  });
  for (const finding of report.findings) told(page, finding, terms);
  tellComments(page, report);
  if (page.options.findingsOnly) return;
  for (const term of LADDER_TERMS) terms.add(term);
  page.line();
  drawLadder(page, report);
}

function tellComments(page: Page, { comments }: ConversationReport): void {
  const { labels } = page.texts;
  const indent = { first: '  ', rest: '  ' };
  if (comments.length > 0) page.line();
  for (const { frame, text } of comments.slice(0, MOST_COMMENTS))
    page.paragraph(`${labels.comment} (${frame}): ${text}`, indent);
  const others = comments.length - MOST_COMMENTS;
  if (others > 0) page.paragraph(labels.moreComments(others), indent);
}

function allFindings({ findings, conversations }: Report): Finding[] {
  return [...findings, ...conversations.flatMap((each) => each.findings)].sort(byWeight);
}

/** Conversations with something wrong before the others. */
export function worstFirst(conversations: readonly ConversationReport[]): ConversationReport[] {
  const rank = ({ findings }: ConversationReport): number => {
    const index = SEVERITIES.findIndex((severity) => findings.some((each) => each.severity === severity));
    return index < 0 ? SEVERITIES.length : index;
  };
  return [...conversations].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
}
