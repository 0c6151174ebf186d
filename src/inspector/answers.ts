import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';

/** What every answer says: keep it nowhere, tell nobody where it came from, and let no other site's page have it. */
export const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/**
 * One of synack's pages: HTML with all that it needs in it.
 * @param host the server that its scripts may talk with, as the browser calls it; `undefined`: they talk with nobody
 */
export function sendPage(response: ServerResponse, html: string, host: string | undefined): void {
  response.writeHead(200, {
    ...HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': policyOf(html, host),
  });
  response.end(html);
}

/** A short text for a person. */
export function plain(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { ...HEADERS, 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${text}\n`);
}

/** Only the page's own scripts run, and they talk with nobody but the server at `host`. */
function policyOf(html: string, host: string | undefined): string {
  const scripts = [...html.matchAll(/<script\b[^>]*>(.*?)<\/script>/gs)].map(
    ([, text = '']) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`,
  );
  return [
    "default-src 'none'",
    `script-src ${scripts.length > 0 ? scripts.join(' ') : "'none'"}`,
    "style-src 'unsafe-inline'",
    'img-src data: blob:',
    'font-src data:',
    // Not every browser takes WebSockets to the same place for 'self'.
    `connect-src ${host === undefined ? "'none'" : `'self' ws://${host}`}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
