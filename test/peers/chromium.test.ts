import { expect } from 'expect';
import { createHash } from 'node:crypto';
import { publicKeyOf } from '../support/certificates';
import { labSuite } from '../support/lab-suite';
import { page } from './chromium-page';
import { directory, website } from './website';

labSuite(__filename, 'Chromium', ['chromium'], (test) => {
  for (const scheme of ['http', 'https'] as const) {
    test(`loads a page of 50 parts by ${scheme}, and holds a WebSocket`, async (lab) => {
      const { answer, addWebSocket } = page();
      const site = await website(lab, answer);
      addWebSocket(site.http);
      addWebSocket(site.https);
      const key = createHash('sha256').update(publicKeyOf(site.made.server)).digest('base64');
      const chromium = lab.start(
        'chromium',
        ...HEADLESS,
        `--user-data-dir=${directory(lab)}`,
        `--ignore-certificate-errors-spki-list=${key}`,
        '--dump-dom',
        site.url(scheme),
      );
      expect(await chromium.ended).toBe(0);
      const dom = chromium.output.toString();
      expect(dom).toContain('<b id="parts">50</b>');
      expect(dom).toContain('<b id="socket">20 echoes, and it stays open</b>');
    });
  }
});

/** It is root in a namespace without a way out, so nothing of what it asks for by itself would come. */
const HEADLESS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-dev-shm-usage',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-extensions',
  '--disable-sync',
  '--no-first-run',
  '--no-proxy-server',
];
