import type { FindingId } from '../findings/finding';
import { plural } from './en-format';
import type { FindingTexts } from './texts';

/** What is said of many conversations at once, in English. */
export const enCrowds = {
  'syn-flood': {
    title: (f) => `SYN flood against ${f.text('first')} port ${f.text('second')}`,
    what: (f) =>
      `${plural(f.count, 'call')} (SYN) from ${plural(f.number('sources'), 'address', 'addresses')}, of which nothing became; ${f.number('connected')} real ones.`,
    todo: "SYN cookies (net.ipv4.tcp_syncookies) keep the server open for others; a rate limit or the provider's filter takes the load off.",
    terms: ['SYN', 'handshake'],
  },
  'port-scan': {
    title: (f) => `${f.text('first')} scans the ports of ${f.text('second')}`,
    what: (f) => `It tried ${plural(f.number('ports'), 'port')} and said nothing on any of them.`,
    todo: 'If it is not your own scanner (nmap): somebody looks for open doors.',
    terms: ['port', 'SYN'],
  },
  'host-scan': {
    title: (f) => `${f.text('first')} tries port ${f.text('second')} on many machines`,
    what: (f) => `It called ${plural(f.number('targets'), 'machine')} at that port and said nothing to any of them.`,
    todo: 'If it is not your own scanner (nmap): somebody, or a worm, looks for machines that answer there.',
    terms: ['port', 'SYN'],
  },
} as const satisfies Partial<Record<FindingId, FindingTexts>>;
