import type { Answer, CaaData, MxData, NaptrData, SoaData, SrvData, TxtData } from 'dns-packet';
import type { AnyRecord, CaaRecord, MxRecord, NaptrRecord, RecordWithTtl, SoaRecord, SrvRecord } from 'node:dns';
import { isIPv4, isIPv6 } from 'node:net';
import type { DnsAnswer } from './message';
import { canonical, canonicalIPv6, presentable } from './names';

/** The most aliases that are followed from the name that was asked for. */
const LONGEST_CHAIN = 16;

/** What dns-packet makes of the types of records that we read. */
interface DataOf {
  A: string;
  AAAA: string;
  CAA: CaaData;
  CNAME: string;
  MX: MxData;
  NAPTR: NaptrData;
  NS: string;
  PTR: string;
  SOA: SoaData;
  SRV: SrvData;
  TXT: TxtData;
}

interface DnsRecord<T extends keyof DataOf> {
  readonly name: string;
  readonly ttl?: number | undefined;
  readonly data: DataOf[T];
}

/** What one answer has for a question: the records at the end of the chain of CNAMEs that begins at the name. */
export class Records {
  private readonly owners = new Set<string>();
  /** RFC 2308 §5: an answer lives as long as the aliases that lead to it. In seconds. */
  private readonly chainTtl: number;

  private readonly records: readonly Answer[];
  private readonly name: string;

  constructor({ records, name }: Pick<DnsAnswer, 'records' | 'name'>) {
    this.records = records;
    this.name = canonical(name);
    let owner = this.name;
    let ttl = Infinity;
    this.owners.add(owner);
    for (let hops = 0; hops < LONGEST_CHAIN; hops++) {
      const alias = recordsOf(records, 'CNAME').find(({ name }) => canonical(name) === owner);
      if (alias === undefined || this.owners.has(canonical(alias.data))) break;
      ttl = Math.min(ttl, alias.ttl ?? 0);
      owner = canonical(alias.data);
      this.owners.add(owner);
    }
    this.chainTtl = ttl;
  }

  /** Whether the name is an alias. */
  get aliased(): boolean {
    return this.owners.size > 1 || this.aliases().length > 0;
  }

  /** Addresses, with the seconds that they may be kept. */
  a(): RecordWithTtl[] {
    return this.of('A')
      .filter(({ data }) => isIPv4(data))
      .map(({ data, ttl = 0 }) => ({ address: data, ttl: Math.min(ttl, this.chainTtl) }));
  }

  aaaa(): RecordWithTtl[] {
    return this.of('AAAA')
      .filter(({ data }) => isIPv6(data))
      .map(({ data, ttl = 0 }) => ({ address: canonicalIPv6(data), ttl: Math.min(ttl, this.chainTtl) }));
  }

  caa(): CaaRecord[] {
    return this.values('CAA').map(({ flags = 0, tag, value }) => ({ critical: flags, [tag]: value }));
  }

  /** Where the name itself leads. */
  cname(): string[] {
    return this.aliases().map((data) => presentable(data));
  }

  mx(): MxRecord[] {
    return this.values('MX').map(({ exchange, preference = 0 }) => ({
      exchange: presentable(exchange),
      priority: preference,
    }));
  }

  naptr(): NaptrRecord[] {
    return this.values('NAPTR').map(({ flags, services, regexp, replacement, order, preference }) => {
      return { flags, service: services, regexp, replacement: presentable(replacement), order, preference };
    });
  }

  ns(): string[] {
    return this.values('NS').map((data) => presentable(data));
  }

  ptr(): string[] {
    return this.values('PTR').map((data) => presentable(data));
  }

  soa(): SoaRecord[] {
    return this.values('SOA').map(({ mname, rname, serial = 0, refresh = 0, retry = 0, expire = 0, minimum = 0 }) => {
      return {
        nsname: presentable(mname),
        hostmaster: presentable(rname),
        serial,
        refresh,
        retry,
        expire,
        minttl: minimum,
      };
    });
  }

  srv(): SrvRecord[] {
    return this.values('SRV').map(({ target, port, priority = 0, weight = 0 }) => {
      return { name: presentable(target), port, priority, weight };
    });
  }

  /** The strings of each record, an octet a character, as Node has them. */
  txt(): string[][] {
    return this.values('TXT').map((data) => {
      const strings = Array.isArray(data) ? data : [data];
      return strings.map((each) => (typeof each === 'string' ? each : each.toString('latin1')));
    });
  }

  /** All that Node knows, in the order of types in which it tells them. */
  any(): AnyRecord[] {
    const aliases = this.cname();
    return [
      ...(aliases.length > 0
        ? aliases.slice(0, 1).map((value) => ({ type: 'CNAME' as const, value }))
        : this.a().map((each) => ({ type: 'A' as const, ...each }))),
      ...this.aaaa().map((each) => ({ type: 'AAAA' as const, ...each })),
      ...this.mx().map((each) => ({ type: 'MX' as const, ...each })),
      ...this.ns().map((value) => ({ type: 'NS' as const, value })),
      ...this.txt().map((entries) => ({ type: 'TXT' as const, entries })),
      ...this.srv().map((each) => ({ type: 'SRV' as const, ...each })),
      ...this.ptr().map((value) => ({ type: 'PTR' as const, value })),
      ...this.naptr().map((each) => ({ type: 'NAPTR' as const, ...each })),
      ...this.soa().map((each) => ({ type: 'SOA' as const, ...each })),
      ...this.caa().map((each) => ({ type: 'CAA' as const, ...each })),
    ];
  }

  private aliases(): string[] {
    return recordsOf(this.records, 'CNAME').flatMap(({ name, data }) => (canonical(name) === this.name ? [data] : []));
  }

  private of<T extends keyof DataOf>(type: T): DnsRecord<T>[] {
    return recordsOf(this.records, type).filter(({ name }) => this.owners.has(canonical(name)));
  }

  private values<T extends keyof DataOf>(type: T): DataOf[T][] {
    return this.of(type).map(({ data }) => data);
  }
}

function recordsOf<T extends keyof DataOf>(records: readonly Answer[], type: T): DnsRecord<T>[] {
  const those = records.filter((each) => each.type === type && (!('class' in each) || each.class === 'IN'));
  // The compiler does not see that the type decides on the data.
  return those as unknown as DnsRecord<T>[];
}
