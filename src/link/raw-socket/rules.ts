import { formatAddress, type Address } from '../../wire/address';
import { PortSet } from './ports';

/**
 * The table of nftables that keeps the kernel from answering for ports that are synack's. The text is made here; nftables.ts
 * hands it over.
 */

/** Whose table it is. */
export interface Owner {
  /** The namespace that the process id belongs to: a container may have ids of its own beside the same network. */
  readonly pidNamespace: number;
  readonly pid: number;
  /** When the process started, in ticks since the kernel did: tells it from a later one that was given the same id. */
  readonly start: number;
}

/** What the kernel is not to answer for. */
export interface Silenced {
  readonly addresses: readonly Address[];
  readonly ports: PortSet;
  /** Its answers to pings as well. */
  readonly echo: boolean;
}

const NAME = /^synack_raw_(\d+)_(\d+)_(\d+)_(\d+)$/;

/** The name of a process's table; `number` tells its links apart. */
export function tableName({ pidNamespace, pid, start }: Owner, number: number): string {
  return `synack_raw_${pidNamespace}_${pid}_${start}_${number}`;
}

/** Whose table this is; `undefined` if it is none of ours. */
export function ownerOf(name: string): Owner | undefined {
  const match = NAME.exec(name);
  if (match === null) return undefined;
  const [, pidNamespace, pid, start] = match.map(Number);
  if (pidNamespace === undefined || pid === undefined || start === undefined) return undefined;
  return { pidNamespace, pid, start };
}

/** The comments of the two rules whose counters tell what has happened. */
export const FROM_PROGRAMS = 'sent by a program';
export const FROM_KERNEL = 'sent by the kernel itself';

/**
 * Makes the table, in place of one of that name, in one transaction.
 *
 * What goes out and looks like an answer that only a host without such a port gives, a RST or a port unreachable, is looked at. A
 * packet that a program has sent through a socket of its own, as our raw sockets', has an owner (`meta skuid` matches whatever the
 * user is). The kernel's own answers belong to no program, so there the rule does not match, and the next one drops them. This
 * happens before connection tracking looks (priority raw is -300, conntrack's -200), which would take the RST for the
 * connection's end.
 *
 * @param overLoopback also to programs of this host, which are otherwise told that nobody is there. For the self-test
 */
export function installText(name: string, { addresses, ports, echo }: Silenced, overLoopback = false): string {
  const ipv4 = listed(addresses.filter((address) => typeof address === 'number'));
  const ipv6 = listed(addresses.filter((address) => typeof address === 'bigint'));
  const port = `{ ${ports.ranges.map(({ first, last }) => (first === last ? first : `${first}-${last}`)).join(', ')} }`;
  const rules = [
    ...(ipv4 === undefined
      ? []
      : [
          `ip saddr ${ipv4} tcp flags & rst == rst tcp sport ${port} jump answers`,
          // The quoted datagram: an IPv4 header without options, UDP, its destination port.
          `ip saddr ${ipv4} icmp type destination-unreachable icmp code port-unreachable @th,64,8 0x45 @th,136,8 17 @th,240,16 ${port} jump answers`,
          ...(echo ? [`ip saddr ${ipv4} icmp type echo-reply jump answers`] : []),
        ]),
    ...(ipv6 === undefined
      ? []
      : [
          `ip6 saddr ${ipv6} tcp flags & rst == rst tcp sport ${port} jump answers`,
          `ip6 saddr ${ipv6} icmpv6 type destination-unreachable icmpv6 code port-unreachable @th,112,8 17 @th,400,16 ${port} jump answers`,
          ...(echo ? [`ip6 saddr ${ipv6} icmpv6 type echo-reply jump answers`] : []),
        ]),
  ];
  return `${removeText(name)}table inet ${name} {
  chain answers {
    meta skuid 0-4294967295 counter accept comment "${FROM_PROGRAMS}"
${overLoopback ? '' : '    oifname "lo" accept\n'}    counter drop comment "${FROM_KERNEL}"
  }
  chain output {
    type filter hook output priority raw; policy accept;
${rules.map((rule) => `    ${rule}\n`).join('')}  }
}
`;
}

/** Removes the table, whether it is there or not. */
export function removeText(name: string): string {
  return `add table inet ${name}\ndelete table inet ${name}\n`;
}

function listed(addresses: readonly Address[]): string | undefined {
  return addresses.length === 0 ? undefined : `{ ${addresses.map(formatAddress).join(', ')} }`;
}

/** The names of all tables, from `nft -j list tables`. */
export function tablesIn(json: string): string[] {
  return objectsIn(json, 'table').flatMap(({ name }) => (typeof name === 'string' ? [name] : []));
}

/** What a table of ours does, from `nft -j list table`. */
export interface TableState {
  /** The ports that it is about. */
  readonly ports: PortSet;
  /** How many packets of programs' have passed, and how many of the kernel's were dropped; `undefined` where a rule is not there. */
  readonly passed: number | undefined;
  readonly dropped: number | undefined;
  /** The rules that send packets there. */
  readonly rules: number;
}

export function stateOf(json: string): TableState {
  const rules = objectsIn(json, 'rule');
  const counted = (comment: string): number | undefined => {
    const rule = rules.find((each) => each['comment'] === comment);
    const packets = rule === undefined ? undefined : valuesOf(rule, 'packets')[0];
    return typeof packets === 'number' ? packets : undefined;
  };
  const output = rules.filter(({ chain }) => chain === 'output');
  const ranges = output
    .filter((rule) => valuesOf(rule, 'field').includes('sport'))
    .flatMap((rule) => valuesOf(rule, 'right').slice(-1))
    .flatMap(portsOf);
  return {
    ports: new PortSet(ranges),
    passed: counted(FROM_PROGRAMS),
    dropped: counted(FROM_KERNEL),
    rules: output.length,
  };
}

/** `80`, `{ set: [80, { range: [20000, 29999] }] }`. */
function portsOf(value: unknown): { first: number; last: number }[] {
  if (typeof value === 'number') return [{ first: value, last: value }];
  const set = valuesOf(value, 'set')[0];
  if (Array.isArray(set)) return set.flatMap(portsOf);
  const range = valuesOf(value, 'range')[0];
  if (!Array.isArray(range)) return [];
  const [first, last] = range as unknown[];
  return typeof first === 'number' && typeof last === 'number' ? [{ first, last }] : [];
}

type Json = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}

/** The objects of a kind in nft's list: `{ "nftables": [{ "table": {…} }, …] }`. */
function objectsIn(json: string, kind: string): Json[] {
  const parsed: unknown = JSON.parse(json);
  const list = isObject(parsed) ? parsed['nftables'] : undefined;
  if (!Array.isArray(list)) return [];
  return list.flatMap((each: unknown) => {
    const found = isObject(each) ? each[kind] : undefined;
    return isObject(found) ? [found] : [];
  });
}

/** What stands under a key anywhere in a value, outermost and first ones first; not what is inside of those. */
function valuesOf(value: unknown, key: string): unknown[] {
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inside]) => (name === key ? [inside] : valuesOf(inside, key)));
}
