import type { LookupFunction } from 'node:net';
import { Stack as CoreStack, type StackOptions as CoreOptions } from '../stack';
import { familiesOf, inOrder } from '../stack/addresses';
import { AWAKE } from './awake';
import type { Dgram } from './dgram/dgram';
import type { CountedDns } from './dns/dns';
import type { DnsOptions } from './dns/options';
import type { NetContext } from './host';
import type { Http } from './http';
import type { Http2 } from './http2';
import type { Https } from './https';
import { modules } from './modules';
import type { Net } from './net';
import { createNet } from './net';
import { OpenHandles } from './open-handles';
import type { ProxyAgent, ProxyAgentOptions } from './proxy-agent';
import type { Keylog, KeylogListener, Tls, TlsOverStack } from './tls';
import type { DispatcherOptions, UndiciOverStack } from './undici';
import { toProgram } from './zones';

export interface StackOptions extends CoreOptions {
  /**
   * Name servers, hosts, and where they stand. By default those that DHCP has given, where it has given some; else what the files in /etc
   * say, read when a name is looked up.
   */
  readonly dns?: Omit<DnsOptions, 'net' | 'dgram' | 'clock'>;
}

/** A stack for Node programs: the core, and the modules that Node's own programs know. Each is made when it is first asked for. */
export class Stack extends CoreStack {
  readonly #context: NetContext;
  readonly #keylog: Keylog = { listener: undefined };
  readonly #dnsOptions: StackOptions['dns'];
  #dgram: Dgram | undefined;
  #dns: CountedDns | undefined;
  #http: Http | undefined;
  #https: Https | undefined;
  #http2: Http2 | undefined;
  #tls: Tls | undefined;
  #tlsOverStack: TlsOverStack | undefined;
  #undici: UndiciOverStack | undefined;

  /** `node:net`, over this stack. */
  readonly net: Net;

  /** @throws as the core's does. What is wrong with `dns` is told when a name is looked up. */
  constructor(options?: StackOptions) {
    super(options);
    this.#dnsOptions = options?.dns;
    const lookup: LookupFunction = (hostname, how, callback) => {
      this.dns.lookup(hostname, how, callback);
    };
    this.#context = { host: this, open: new OpenHandles(), lookup };
    this.net = createNet(this, this.#context.open, this.#context.lookup);
    this.aroundArrival = (work) => {
      AWAKE.after(work);
    };
  }

  /** `node:dgram`, over this stack. */
  get dgram(): Dgram {
    return (this.#dgram ??= modules.dgram().createDgram(this, this.#context.lookup));
  }

  /** `node:dns`, over this stack, and `counters` of what it has asked. */
  get dns(): CountedDns {
    const { net, dgram, clock } = this;
    return (this.#dns ??= modules.dns().createDns({
      families: () => familiesOf(this.ip),
      sort: (addresses) => inOrder(this.ip, addresses),
      ...this.#leasedDns(),
      ...this.#dnsOptions,
      net,
      dgram,
      clock,
    }));
  }

  /** What DHCP says, and behind it what IPv6's routers do (RFC 8106 §5.3.1), as long as they say something. Who names servers or a file of his own means those. */
  #leasedDns(): StackOptions['dns'] {
    const { servers, resolvConf } = this.#dnsOptions ?? {};
    if (servers !== undefined || typeof resolvConf === 'string') return {};
    const leases = () => this.ip.interfaces.flatMap(({ dhcp }) => dhcp?.lease ?? []);
    const routers = () => this.ip.interfaces.flatMap(({ autoconfiguration }) => autoconfiguration?.dns ?? []);
    const some = (values: readonly string[]) => (values.length > 0 ? [...new Set(values)] : undefined);
    return {
      servers: () =>
        some([
          ...leases().flatMap((each) => each.nameServers),
          ...routers().flatMap((each) => each.servers.map((address) => toProgram(address, false, this.ip))),
        ]),
      search: () => some([...leases().flatMap((each) => each.search), ...routers().flatMap((each) => each.search)]),
    };
  }

  /** `node:http`, over this stack. */
  get http(): Http {
    return (this.#http ??= modules.http().createHttp(this.#context, this.net));
  }

  /** `node:https`, over this stack. */
  get https(): Https {
    return (this.#https ??= modules.https().createHttps(this.#context, this.http, this.#overTls));
  }

  /** `node:http2`, over this stack. */
  get http2(): Http2 {
    return (this.#http2 ??= modules.http2().createHttp2(this.#context, this.net, this.tls, this.#overTls));
  }

  /** `node:tls`, over this stack. */
  get tls(): Tls {
    return (this.#tls ??= modules.tls().createTls(this.#context, this.net, this.#overTls));
  }

  /** `fetch` over this stack, as the undici package has it. */
  readonly fetch: UndiciOverStack['fetch'] = async (input, init) => await this.#overUndici.fetch(input, init);

  /**
   * An undici `Agent` whose connections are this stack's, for `fetch(url, { dispatcher })` and all else of undici.
   * @param options undici's
   */
  dispatcher(options?: DispatcherOptions): ReturnType<UndiciOverStack['dispatcher']> {
    return this.#overUndici.dispatcher(options);
  }

  /**
   * An agent whose connections are tunnels through an HTTP proxy, for http, https and WebSockets:
   * `stack.https.get(url, { agent: stack.proxyAgent('http://name:password@10.9.0.1:8888') })`.
   * @throws TypeError for a URL that is none, or of another kind
   */
  proxyAgent(proxy: string | URL, options?: ProxyAgentOptions): ProxyAgent {
    return new (modules.proxyAgent().ProxyAgent)(this, proxy, options);
  }

  get #overUndici(): UndiciOverStack {
    return (this.#undici ??= new (modules.undici().UndiciOverStack)(this.net, this.tls));
  }

  get #overTls(): TlsOverStack {
    return (this.#tlsOverStack ??= new (modules.tls().TlsOverStack)(this.net, this.#keylog));
  }

  /**
   * Gives the secrets of every TLS connection that is made from now on, as lines of an NSS key log: with them whoever has the packets can
   * read what was said. `undefined` ends it.
   */
  logKeys(listener: KeylogListener | undefined): void {
    this.#keylog.listener = listener;
  }

  /**
   * Ends what is open as a kernel does when a process has ended: the peers hear of it, by a FIN behind what was sent, and the program does
   * not.
   */
  abandon(): void {
    this.#context.open.clear();
    for (const listener of this.tcp.listeners()) listener.close();
    for (const connection of this.tcp.connections()) {
      connection.user = undefined;
      connection.close();
    }
  }

  /** Closes every server, destroys every socket, and then the stack. */
  override async close(): Promise<void> {
    for (const handle of this.#context.open.all()) handle.destroy();
    await super.close();
  }
}
