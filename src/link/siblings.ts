import { ETHERTYPE } from '../wire/ethernet';
import { ARP_REPLY } from '../wire/arp';
import { readUint16, readUint32, readUint8 } from '../wire/bytes';
import { ICMP_TYPE } from '../wire/icmp';
import { PROTOCOL } from '../wire/ipv4';
import { linkHeader } from './finish';
import { copyFrame } from './frames';
import type { Frame, FrameBatch, FrameInfo, FrameWork, Link, Offload } from './link';

/** The first and the last port of a range. */
interface Ports {
  readonly first: number;
  readonly last: number;
}

/** Several stacks that are one host to the outside: the same addresses, a queue of the same device each, and a share of the ports. */
export interface Family {
  /** Which of them this one is, from 0. */
  readonly index: number;
  readonly count: number;
  /** The host's ephemeral ports. Each stack has the `portsOf` its index. */
  readonly ports: Ports;
}

/** Takes frames over to another stack of the family. They are copies. */
export type TakeOver = (to: number, frames: Uint8Array[], info: FrameInfo[]) => void;

const HERE = -1;
const EVERYBODY = -2;

/** The ephemeral ports of the stack `index`: as many for each, one after the other. */
export function portsOf({ index, count, ports: { first, last } }: Family): Ports {
  const start = (at: number): number => first + Math.ceil((at * (last - first + 1)) / count);
  return { first: start(index), last: start(index + 1) - 1 };
}

/** The stack whose ephemeral port this is; `HERE` for a port that is not one. */
function ownerOf(port: number, { count, ports: { first, last } }: Family): number {
  return port < first || port > last ? HERE : Math.floor(((port - first) * count) / (last - first + 1));
}

/**
 * One queue of a device that delivers by flow. A connection that a peer opens stays at the queue where its SYN came in, since the kernel
 * decides by a hash of the addresses and ports. What cannot stay goes where it belongs:
 *
 * - segments to an ephemeral port, to the stack that has the port. The kernel gives them to the queue that the connection sends by,
 *   but forgets that after some seconds of silence, or of too many flows;
 * - ARP replies and announcements, NDP's advertisements, and ICMP's errors and echo replies, to everybody: the kernel cannot know
 *   whom they answer.
 *
 * Everything else is taken up where it arrives. Nothing is taken over twice.
 */
export class SiblingLink implements Link {
  readonly name: string;
  readonly medium: Link['medium'];
  readonly mtu: number;
  readonly mac?: string;
  readonly offload: Offload;

  onReceive: (batch: FrameBatch, info?: ArrayLike<FrameInfo>) => void = () => undefined;
  onReceived: () => void = () => undefined;
  onDrain: () => void = () => undefined;

  readonly #link: Link;
  /** Where the IP packet in a frame starts. */
  readonly #ip: number;
  readonly #family: Family;
  readonly #takeOver: TakeOver;
  #open = true;

  /** @param link a link whose frames come from the event loop (`Link.onReceived`) */
  constructor(link: Link, family: Family, takeOver: TakeOver) {
    this.name = link.name;
    this.medium = link.medium;
    this.mtu = link.mtu;
    if (link.mac !== undefined) this.mac = link.mac;
    this.offload = link.offload;
    this.#link = link;
    this.#ip = linkHeader(link.medium);
    this.#family = family;
    this.#takeOver = takeOver;
    link.onReceive = (batch, info) => {
      this.#sort(batch, info);
    };
    link.onReceived = () => {
      this.onReceived();
    };
    link.onDrain = () => {
      this.onDrain();
    };
  }

  /** Frames that another stack took over to this one. To be called by the event loop. */
  deliver(frames: FrameBatch, info: ArrayLike<FrameInfo>): void {
    if (!this.#open) return;
    try {
      this.onReceive(frames, info);
    } finally {
      this.onReceived();
    }
  }

  send(frame: Frame, work?: FrameWork): boolean {
    return this.#link.send(frame, work);
  }

  flush(): void {
    this.#link.flush?.();
  }

  close(): Promise<void> {
    this.#open = false;
    return this.#link.close();
  }

  /** Nearly always all frames stay. */
  #sort(batch: FrameBatch, info: ArrayLike<FrameInfo> | undefined): void {
    const { index } = this.#family;
    const places = new Map<number, number>();
    for (const [at, frame] of batch.entries()) {
      const place = placeOf(frame, this.#ip, this.#family);
      if (place !== HERE && place !== index) places.set(at, place);
    }
    if (places.size === 0) {
      this.onReceive(batch, info);
      return;
    }
    for (let to = 0; to < this.#family.count; to++) {
      if (to === index) continue;
      const theirs = [...places].filter(([, place]) => place === to || place === EVERYBODY).map(([at]) => at);
      if (theirs.length > 0) this.#takeOver(to, ...pick(theirs, batch, info));
    }
    const ours = [...batch.keys()].filter((at) => (places.get(at) ?? EVERYBODY) === EVERYBODY);
    if (ours.length === 0) return;
    this.onReceive(
      ours.flatMap((at) => batch[at] ?? []),
      ours.map((at) => info?.[at] ?? 0),
    );
  }
}

function pick(
  which: readonly number[],
  batch: FrameBatch,
  info: ArrayLike<FrameInfo> | undefined,
): [Uint8Array[], FrameInfo[]] {
  return [which.map((at) => copyFrame(batch.slice(at, at + 1))), which.map((at) => info?.[at] ?? 0)];
}

/** The stack that a frame is for; `HERE` where it arrived, or `EVERYBODY`. What is malformed is for whoever reads it first. */
function placeOf(frame: Uint8Array, ip: number, family: Family): number {
  const version = readUint8(frame, ip) >>> 4;
  const type = ip === 0 ? TYPE_OF_VERSION[version] : readUint16(frame, ip - 2);
  if (type === ETHERTYPE.IPV4) return placeOfIpv4(frame, ip, family);
  if (type === ETHERTYPE.IPV6) return placeOfIpv6(frame, ip, family);
  return type === ETHERTYPE.ARP ? placeOfArp(frame, ip) : HERE;
}

const TYPE_OF_VERSION: Readonly<Record<number, number>> = { 4: ETHERTYPE.IPV4, 6: ETHERTYPE.IPV6 };

function placeOfIpv4(frame: Uint8Array, ip: number, family: Family): number {
  const transport = ip + (readUint8(frame, ip) & 15) * 4;
  const protocol = readUint8(frame, ip + 9);
  if (protocol === PROTOCOL.ICMP) return NEWS.has(readUint8(frame, transport)) ? EVERYBODY : HERE;
  const isFragment = (readUint16(frame, ip + 6) & 0x3fff) !== 0;
  if (protocol !== PROTOCOL.TCP || isFragment) return HERE;
  return ownerOf(readUint16(frame, transport + 2), family);
}

/** ICMP messages that answer something that one of us sent. */
const NEWS: ReadonlySet<number> = new Set([
  ICMP_TYPE.ECHO_REPLY,
  ICMP_TYPE.DESTINATION_UNREACHABLE,
  ICMP_TYPE.TIME_EXCEEDED,
  ICMP_TYPE.PARAMETER_PROBLEM,
]);

const HOP_BY_HOP = 0;
const ICMPV6 = 58;
const IPV6_HEADER = 40;

/** Behind other extension headers than those of MLD there is nothing that could not stay. */
function placeOfIpv6(frame: Uint8Array, ip: number, family: Family): number {
  let protocol = readUint8(frame, ip + 6);
  let transport = ip + IPV6_HEADER;
  if (protocol === HOP_BY_HOP) {
    protocol = readUint8(frame, transport);
    transport += (readUint8(frame, transport + 1) + 1) * 8;
  }
  if (protocol === PROTOCOL.TCP) return ownerOf(readUint16(frame, transport + 2), family);
  if (protocol !== ICMPV6) return HERE;
  const type = readUint8(frame, transport);
  return NEWS_OF_IPV6.has(type) || (type === SOLICITATION && isUnspecified(frame, ip + 8)) ? EVERYBODY : HERE;
}

const SOLICITATION = 135;

/**
 * ICMPv6 messages that answer something that one of us sent, or tell something to all: errors, echo reply, MLD query (each stack has
 * groups of its own), router and neighbour advertisement, redirect.
 */
const NEWS_OF_IPV6: ReadonlySet<number> = new Set([1, 2, 3, 4, 129, 130, 134, 136, 137]);

/** A solicitation without a source is of somebody who is about to take the address that we have (RFC 4862 §5.4.3). */
function isUnspecified(frame: Uint8Array, at: number): boolean {
  return frame.subarray(at, at + 16).every((byte) => byte === 0);
}

/** A request is answered once, where it arrives; a reply, or an address told to all (RFC 5227 §2.3), is news to everybody. */
function placeOfArp(frame: Uint8Array, at: number): number {
  const isReply = readUint16(frame, at + 6) === ARP_REPLY;
  const isTold = readUint32(frame, at + 14) === readUint32(frame, at + 24);
  return isReply || isTold ? EVERYBODY : HERE;
}
