import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LESSONS, Run } from '../../src/lessons';
import { readAddress, type Address } from '../../web/learn/address';

const DOCS = readFileSync(join(__dirname, '../../docs/learn.md'), 'utf8');

/** The links in the guide, each once. */
const LINKS = [...new Set(DOCS.match(/#(?:1\/)?[a-z][\w./:,@-]*\/[\w./:,@-]+|#[a-z-]+@\d+/g) ?? [])];

/** What the guide's table says of the end of a run: link, host, state. */
const ENDS = DOCS.split('\n').flatMap((line) => {
  const links = line.match(/`#[^`]+`/g) ?? [];
  const answer = line.split('|').at(-2) ?? '';
  const states = [...answer.matchAll(/\b([AB]) ([A-Z]{4,}(?:-[A-Z\d]+)*)/g)];
  const link = links.at(-1)?.slice(1, -1);
  return line.startsWith('|') && link !== undefined
    ? states.map(([, host = '', state = '']) => [link, host, state] as const)
    : [];
});

function followed(link: string): Address & { readonly page: 'lesson' } {
  const address = readAddress(link, LESSONS);
  if (address.page !== 'lesson' || address.problem !== undefined) throw new Error(`${link} leads nowhere`);
  return address;
}

describe('the guide', () => {
  test('has links, and each leads to what it says, also when it comes through a chat', () => {
    expect(LINKS.length).toBeGreaterThan(12);
    for (const link of LINKS) {
      const address = followed(link);
      for (const sent of [`${link}.`, `${link}),`, `#${encodeURIComponent(link.slice(1))}`])
        expect(followed(sent)).toEqual(address);
    }
  });

  test.each(ENDS)('%s: in the end %s is %s', (link, host, state) => {
    const { lesson, seed, actions } = followed(link);
    const run = new Run(lesson, { ...(seed !== undefined && { seed }), ...(actions && { actions }) }).finish();
    expect(run.state(host) ?? 'CLOSED').toBe(state);
  });

  test('its table has such answers', () => {
    expect(ENDS.length).toBeGreaterThan(8);
  });
});
