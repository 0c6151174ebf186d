import { parseIpv4Address } from '../../wire/address';
import type { DhcpMessage } from '../../wire/dhcp';
import { isUnicast } from '../address';
import { isMac } from '../mac';
import type { DhcpState } from './state';

/** Why a message was dropped; `dhcp.` and this is the counter. */
export type DhcpDrop =
  'unexpected' | 'other-station' | 'other-transaction' | 'other-server' | 'no-server' | 'bad-lease';

/** What is waited for. */
export interface Awaited {
  readonly state: DhcpState;
  readonly xid: number;
  readonly mac: Uint8Array;
  readonly identifier: Uint8Array;
  /** The one server that may answer; `undefined`: any. */
  readonly server: string | undefined;
}

export interface Answer {
  readonly type: 'offer' | 'ack' | 'nak';
  readonly server: string;
}

/** Whether a message answers what we have asked: what it is, or why it is dropped. */
export function answerIn(message: DhcpMessage, awaited: Awaited): Answer | DhcpDrop {
  const { messageType: type, serverIdentifier: server } = message.options;
  if (message.op !== 'reply' || !isForUs(message, awaited)) return 'other-station';
  if (type !== 'offer' && type !== 'ack' && type !== 'nak') return 'unexpected';
  if (!isWanted(type, awaited.state)) return 'unexpected';
  if (message.xid !== awaited.xid) return 'other-transaction';
  if (server === undefined || !isUnicast(parseIpv4Address(server) ?? 0)) return 'no-server';
  if (awaited.server !== undefined && server !== awaited.server) return 'other-server';
  return { type, server };
}

/** RFC 2131 §4.4.1, RFC 6842 §3: a server gives our client identifier back, or none. */
function isForUs({ chaddr, hardwareType, options }: DhcpMessage, { mac, identifier }: Awaited): boolean {
  if (hardwareType !== 1 || chaddr.length !== 6 || !isMac(mac, chaddr)) return false;
  const theirs = options.clientIdentifier;
  if (theirs === undefined) return true;
  return theirs.length === identifier.length && theirs.every((byte, at) => byte === identifier[at]);
}

function isWanted(type: Answer['type'], state: DhcpState): boolean {
  switch (state) {
    case 'SELECTING':
      return type === 'offer';
    case 'REQUESTING':
    case 'REBOOTING':
    case 'RENEWING':
    case 'REBINDING':
      return type !== 'offer';
    default:
      return false;
  }
}

/** A message in a few words, for a person. */
export function describeMessage({ yiaddr, options }: DhcpMessage): string {
  const { messageType = 'no type', serverIdentifier = 'a server that it does not name' } = options;
  return `${messageType} of ${yiaddr} from ${serverIdentifier}`;
}
