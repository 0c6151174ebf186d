import type { RecordType } from 'dns-packet';
import { isIP } from 'node:net';
import type { Channel } from './channel';
import { CODE, queryException, systemException, type DnsException } from './errors';
import type { NameContext } from './getaddrinfo';
import { reverseName } from './names';
import { Records } from './records';

/** Called once, never from inside the call that it was given to. */
export type Done = (error: DnsException | null, ...values: unknown[]) => void;

/**
 * What a `resolve…` method does: asks for a name, and makes of the answer what Node does.
 * @param ttl with the time that each address may be kept
 */
export type Operation = (channel: Channel, name: string, ttl: boolean, done: Done) => void;

interface Reading {
  readonly method: string;
  readonly type: RecordType | 'ANY';
  readonly syscall: string;
  readonly read: (records: Records, ttl: boolean) => readonly unknown[];
}

const READINGS: readonly Reading[] = [
  { method: 'resolveAny', type: 'ANY', syscall: 'queryAny', read: (records) => records.any() },
  { method: 'resolve4', type: 'A', syscall: 'queryA', read: (records, ttl) => addresses(records.a(), ttl) },
  { method: 'resolve6', type: 'AAAA', syscall: 'queryAaaa', read: (records, ttl) => addresses(records.aaaa(), ttl) },
  { method: 'resolveCaa', type: 'CAA', syscall: 'queryCaa', read: (records) => records.caa() },
  { method: 'resolveCname', type: 'CNAME', syscall: 'queryCname', read: (records) => records.cname() },
  { method: 'resolveMx', type: 'MX', syscall: 'queryMx', read: (records) => records.mx() },
  { method: 'resolveNs', type: 'NS', syscall: 'queryNs', read: (records) => records.ns() },
  { method: 'resolveTxt', type: 'TXT', syscall: 'queryTxt', read: (records) => records.txt() },
  { method: 'resolveSrv', type: 'SRV', syscall: 'querySrv', read: (records) => records.srv() },
  { method: 'resolvePtr', type: 'PTR', syscall: 'queryPtr', read: (records) => records.ptr() },
  { method: 'resolveNaptr', type: 'NAPTR', syscall: 'queryNaptr', read: (records) => records.naptr() },
  { method: 'resolveSoa', type: 'SOA', syscall: 'querySoa', read: (records) => records.soa() },
];

/** The methods by the names of types, as `resolve` takes them. */
export const METHOD_OF: ReadonlyMap<string, string> = new Map(READINGS.map(({ type, method }) => [type, method]));

/** The operations by the names of methods. @param names the hosts entries, which `reverse` looks into first */
export function operationsOf(names: Pick<NameContext, 'namesOf'>): ReadonlyMap<string, Operation> {
  return new Map([
    ...READINGS.map((reading) => [reading.method, resolving(reading)] as const),
    ['reverse', reversing(names)] as const,
  ]);
}

function resolving({ type, syscall, read }: Reading): Operation {
  return (channel, name, ttl, done) => {
    channel.ask(name, type, (result) => {
      if (typeof result === 'string') {
        done(queryException(result, syscall, name));
        return;
      }
      const records = new Records(result);
      const values = read(records, ttl);
      const [first] = values;
      // Of an alias that leads nowhere, Node says that there is an answer with nothing in it.
      const nothing = type === 'SOA' || type === 'CNAME' || !records.aliased;
      if (first === undefined && nothing && type !== 'ANY') done(queryException(CODE.NODATA, syscall, name));
      else done(null, type === 'SOA' ? first : values);
    });
  };
}

function reversing(names: Pick<NameContext, 'namesOf'>): Operation {
  return (channel, address, _, done) => {
    if (!isIP(address)) throw systemException('EINVAL', 'getHostByAddr', address);
    const plain = address.replace(/%.*$/, '');
    const known = names.namesOf(plain);
    if (known.length > 0) {
      process.nextTick(done, null, [...known]);
      return;
    }
    channel.ask(reverseName(plain), 'PTR', (result) => {
      const found = typeof result === 'string' ? [] : new Records(result).ptr();
      if (found.length > 0) done(null, found);
      else done(queryException(typeof result === 'string' ? result : CODE.NODATA, 'getHostByAddr', address));
    });
  };
}

function addresses(records: readonly { address: string; ttl: number }[], ttl: boolean): readonly unknown[] {
  return ttl ? records : records.map(({ address }) => address);
}
