import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../support/lab';
import { sha256 } from '../support/lab-bytes';
import type { Program } from '../support/lab-program';
import { labSuite } from '../support/lab-suite';
import { directory, said, website } from './website';

const FILE = randomBytes(10_000_000);

labSuite(__filename, 'stack.http and stack.https, and wget', ['wget'], (test) => {
  for (const scheme of ['http', 'https'] as const) {
    test(`${scheme}: 10 MB`, async (lab) => {
      const site = await website(lab, answer);
      const download = wget(lab, '-O', '-', '--ca-certificate', site.ca, site.url(scheme, '/file'));
      expect(await download.ended).toBe(0);
      expect(sha256(download.output)).toBe(sha256(FILE));
    });
  }

  test('a page and all that it links to, on one connection', async (lab) => {
    const site = await website(lab, answer);
    const into = directory(lab);
    expect(await said(wget(lab, '--recursive', '--directory-prefix', into, site.url('http', '/index.html')))).toBe('');
    const files = readdirSync(join(into, lab.address));
    expect(files.filter((name) => name.startsWith('part'))).toHaveLength(20);
    expect(lab.history.filter((state) => state === 'ESTABLISHED')).toHaveLength(1);
  });

  test('a form, and an answer that is none', async (lab) => {
    const site = await website(lab, answer);
    expect(await said(wget(lab, '-O', '-', '--post-data', 'a=b', site.url('http', '/echo')))).toBe('a=b');
    expect(await wget(lab, '-O', '-', site.url('http', '/nothing')).ended).toBe(8);
  });
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { url = '' } = request;
  if (url === '/file') response.end(FILE);
  else if (url === '/echo') request.pipe(response);
  else if (url === '/index.html') {
    response.setHeader('content-type', 'text/html');
    response.end(Array.from({ length: 20 }, (_, part) => `<a href="/part${part}">${part}</a>`).join('\n'));
  } else if (url.startsWith('/part')) response.end(url);
  else response.writeHead(404).end();
}

function wget(lab: Lab, ...args: string[]): Program {
  return lab.start('wget', '--no-config', '--no-proxy', '--quiet', '--tries=1', '--timeout=20', ...args);
}
