import type { DhcpEvent } from '../ip/trace';
import type { DhcpMessage } from '../wire/dhcp';
import type { Words } from './lang';
import type { DhcpSaid } from './lang/words';
import type { Short } from './on-the-arrow';

/** A DHCP message on its arrow, and what it says. */
export function shortOfDhcp({ message }: DhcpEvent, words: Words): Short {
  const { messageType = 'BOOTP', leaseTime } = message.options;
  const seconds = leaseTime === 0xffffffff ? undefined : leaseTime;
  return {
    parts: [{ text: `DHCP ${messageType.toUpperCase()}`, rank: 0 }],
    words: words.dhcp(saidBy(message), addressIn(message), seconds),
  };
}

function saidBy({ ciaddr, options: { messageType = 'inform' } }: DhcpMessage): DhcpSaid {
  if (messageType === 'inform') return 'other';
  return messageType === 'request' && ciaddr !== NOBODY ? 'renew' : messageType;
}

const NOBODY = '0.0.0.0';

/** The address that it is about: the one that is given, asked for, or there. */
function addressIn({ yiaddr, ciaddr, options }: DhcpMessage): string {
  return [yiaddr, options.requestedAddress, ciaddr].find((each) => each !== undefined && each !== NOBODY) ?? NOBODY;
}

/** The same in a line for those who know: `request 10.9.0.50 xid 3903f326 server 10.9.0.1 lease 3600`. */
export function logOfDhcp(message: DhcpMessage): string {
  const { messageType = 'bootp', serverIdentifier, leaseTime, message: text } = message.options;
  const address = addressIn(message);
  return [
    messageType,
    ...(address === NOBODY ? [] : [address]),
    `xid ${message.xid.toString(16)}`,
    ...(serverIdentifier === undefined ? [] : [`server ${serverIdentifier}`]),
    ...(leaseTime === undefined ? [] : [`lease ${leaseTime}`]),
    // What others wrote is shown as far as it is harmless.
    ...(text === undefined ? [] : [JSON.stringify(text.replace(/[^ -~]/g, '?'))]),
  ].join(' ');
}
