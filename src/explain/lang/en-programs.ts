import type { FindingId } from '../findings/finding';
import { upper } from './en-format';
import type { FindingTexts } from './texts';
import { tlsAlert } from './tls-alerts';
import { websocketCode } from './websocket-codes';

/** What is said of the programs at both ends, in English. */
export const enPrograms = {
  'http-error': {
    title: (f) => `the server answered ${f.text('line')}`,
    what: (f) =>
      `HTTP worked, and the answer is an error: ${f.text('line')}.${f.number('status') >= 500 ? ' From 500 on it is the server that failed.' : ' From 400 to 499 it is the request that the server does not like.'}`,
  },
  'answer-cut-short': {
    title: () => 'the answer stopped in the middle',
    what: (f) =>
      `The server announced an answer of ${f.bytes('length')} (HTTP Content-Length), and ${f.number('came') === 0 ? 'nothing of it' : `only ${f.bytes('came')}`} came${f.number('silence') > 0 ? `; after that it was silent for ${f.time('silence')}` : ' before it closed the connection'}.`,
    todo: 'Did the server program crash, or hang? If only large packets are missing, capture at the server: a link with a smaller MTU may swallow them.',
    terms: ['MTU'],
  },
  'wrong-protocol': {
    title: (f) =>
      f.number('tls') === 1
        ? 'the client speaks TLS (https), the server does not'
        : 'the server speaks TLS (https), the client does not',
    what: (f) =>
      f.number('tls') === 1
        ? `The client greeted port ${f.number('port')} in TLS, and the server answered in plain text.`
        : `The client asked port ${f.number('port')} in plain HTTP, and the server answered with a TLS alert.`,
    todo: 'A wrong port, or http:// and https:// mixed up.',
    terms: ['TLS', 'port'],
  },
  'websocket-close': {
    title: (f) =>
      f.number('code') === 1006
        ? 'WebSocket ended without a goodbye (1006)'
        : `WebSocket closed with ${f.number('code')}`,
    what: (f) =>
      f.number('code') === 1006
        ? `${upper(f.side)} ended the TCP connection without the close frame that WebSocket asks for; programs are told code 1006.`
        : `${upper(f.side)} closed the WebSocket: code ${f.number('code')}, ${websocketCode('en', f.number('code'))}${f.number('answered') === 1 ? ' The other end confirmed it.' : ''}`,
  },
  'tls-alert': {
    title: () => 'TLS could not be agreed on',
    what: (f) =>
      `${upper(f.side)} broke off the TLS handshake with an alert${tlsAlert('en', f.number('alert'))}, ${f.number('greeted') === 1 ? 'after the server had answered the greeting and shown its certificate' : 'before the server had answered the greeting'}.`,
    todo: 'Usually the certificate: not trusted, expired, for another name. Or no common version or cipher.',
    terms: ['TLS'],
  },
} as const satisfies Partial<Record<FindingId, FindingTexts>>;
