import { openActive } from '../tcp/calls/open';
import { send } from '../tcp/calls/send';
import type { Driver } from '../tcp/connection';
import { hostAddress } from '../ip/address';
import { TcpError } from '../tcp/errors';
import { TcpListener, type ListenerOwner } from '../tcp/listener';
import { invalidOption, settingsFrom, type Settings } from '../tcp/options';
import type { Path } from '../ip/paths';
import { firstHop, type SourceRoute } from '../ip/source-route';
import { addressWords } from '../wire/address-words';
import type { ActiveOpen, Connection, Endpoint, Listener, PassiveOpen, Tcp } from '../tcp/user';
import { formatAddress, isMulticastAddress, isUnspecifiedAddress, withPort, type Address } from '../wire/address';
import { IPV4_HEADER, PROTOCOL } from '../wire/ipv4';
import { ipv4OptionsLength, MAX_IPV4_OPTIONS, type Ipv4Option } from '../wire/ipv4-options';
import type { TcpLayer } from './tcp-layer';
import { fastOpenQueue, invalidFastOpen, type TcpOptions } from './tcp-options';
import type { TcpSession } from './tcp-session';

const ANY = '0.0.0.0';
const DEFAULT_BACKLOG = 511;

/** `stack.tcp`: the user's way in (RFC 9293 §3.10.1). */
export class TcpOpen implements Tcp, ListenerOwner, Driver {
  /** @param fastOpen for listeners that do not say */
  constructor(
    private readonly layer: TcpLayer,
    private readonly fastOpen: TcpOptions['fastOpen'],
  ) {}

  open(options: ActiveOpen): Connection;
  open(options: PassiveOpen): Listener;
  open(options: ActiveOpen | PassiveOpen): Connection | Listener {
    const wrong = invalidOption(options) ?? (options.passive === true ? invalidFastOpen(options.fastOpen) : undefined);
    if (wrong !== undefined) throw new TcpError('EINVAL', `cannot open: ${wrong}`);
    if (options.passive !== true && !('remote' in options)) {
      throw new TcpError('EINVAL', 'cannot open: name a `remote` to call, or say `passive: true` to listen');
    }
    return this.call((now) => (options.passive === true ? this.listen(options, now) : this.connect(options, now)));
  }

  connections(): Connection[] {
    return [...this.layer.sessions.all()].map(({ connection }) => connection).sort((one, other) => one.id - other.id);
  }

  listeners(): Listener[] {
    return [...this.layer.listeners.all()];
  }

  call<T>(work: (now: number) => T): T {
    return this.layer.call(work);
  }

  /** A listener leaves LISTEN: handshakes that it has begun are aborted. */
  closed(listener: TcpListener): void {
    this.layer.listeners.remove(listener);
    this.traceListener(listener, 'LISTEN', 'CLOSED', 'CLOSE');
    for (const session of [...this.layer.sessions.all()]) {
      if (session.listener === listener && session.isHalfOpen) session.connection.abort();
    }
  }

  becomeActive(listener: TcpListener, data: Uint8Array): Connection {
    const { remote } = listener;
    const doing = `cannot send from the listener on ${listener.local.address}:${listener.local.port}`;
    if (listener.state !== 'LISTEN') throw new TcpError('EINVAL', `${doing}: it is closed`);
    if (remote === undefined) {
      throw new TcpError('EINVAL', `${doing}: it waits for any peer; name one with \`remote\` when it is opened`);
    }
    return this.call((now) => {
      const session = this.makeActive({ local: listener.local, remote }, listener.settings, 'LISTEN', now);
      listener.state = 'CLOSED';
      this.layer.listeners.remove(listener);
      send(session.tcb, data, {}, now);
      return session.connection;
    });
  }

  private connect(options: ActiveOpen, now: number): Connection {
    const settings = settingsFrom(this.layer.defaults, options);
    return this.makeActive(options, settings, 'CLOSED', now).connection;
  }

  private makeActive(
    { local = {}, remote, data, fastOpen = false, sourceRoute }: ActiveOpen,
    settings: Settings,
    from: 'CLOSED' | 'LISTEN',
    now: number,
  ): TcpSession {
    const { layer } = this;
    const doing = `cannot connect to ${withPort(remote.address, remote.port)}`;
    const path = this.pathTo(remote, local.address, doing, sourceRoute);
    checkIpOptions(path, settings.ipOptions, doing);
    checkPort(remote.port, 1, doing);
    checkPort(local.port ?? 0, 0, doing);
    if (data !== undefined && data.length > settings.sendBuffer) {
      throw new TcpError(
        'EINVAL',
        `${doing}: ${data.length} bytes of data do not go into the sendBuffer of ${settings.sendBuffer}; send the rest later`,
      );
    }
    if (layer.isFull) {
      throw new TcpError(
        'ENOBUFS',
        `${doing}: all ${layer.limits.maxConnections} connections (maxConnections) are in use`,
      );
    }
    const { source: localAddress, destination: remoteAddress } = path;
    const isFree = (port: number): boolean =>
      !layer.sessions.has(localAddress, port, remoteAddress, remote.port) &&
      layer.ip.forwarding?.uses(PROTOCOL.TCP, localAddress, port, remoteAddress, remote.port) !== true;
    const localPort = this.activePort(
      local.port,
      [...addressWords(localAddress), ...addressWords(remoteAddress), remote.port],
      isFree,
      doing,
    );
    const tuple = { localAddress, localPort, remoteAddress, remotePort: remote.port };
    const session = layer.connect(tuple, path, { how: 'active', settings }, now);
    session.tcb.state = from;
    if (fastOpen) {
      session.tcb.fastOpen = layer.fastOpen.opening(localAddress, remoteAddress, now);
      layer.count(session.tcb.fastOpen === undefined ? 'tcp.fast-open-avoided' : 'tcp.fast-open-attempts');
    }
    openActive(session.tcb, now, data);
    layer.touch(session);
    return session;
  }

  /** The port that the user named, if no connection to this peer has it, or an ephemeral one. */
  private activePort(
    named: number | undefined,
    peer: readonly number[],
    isFree: (port: number) => boolean,
    doing: string,
  ): number {
    if (named !== undefined && named !== 0) {
      if (isFree(named)) return named;
      throw new TcpError('EADDRINUSE', `${doing} from port ${named}: there is such a connection already`);
    }
    const port = this.layer.ports.choose(peer, (each) => isFree(each) && !this.layer.listeners.isListening(each));
    if (port === undefined) throw new TcpError('EADDRNOTAVAIL', `${doing}: no ephemeral port is left for this peer`);
    return port;
  }

  private listen(options: PassiveOpen, now: number): Listener {
    const { layer } = this;
    const { address: wanted = ANY, port = 0 } = options.local ?? {};
    const { ipv6Only = false } = options;
    const doing = `cannot listen on ${withPort(wanted, port)}`;
    checkPort(port, 0, doing);
    const ours = this.localAddress(wanted, doing);
    const address = formatAddress(ours);
    if (options.remote !== undefined) {
      this.pathTo(options.remote, isUnspecifiedAddress(ours) ? undefined : address, doing);
    }
    const backlog = Math.max(1, options.backlog ?? DEFAULT_BACKLOG);
    const local = {
      address,
      port: port === 0 ? this.passivePort(ours, ipv6Only, options.remote, doing) : port,
    };
    if (layer.listeners.conflicting(local, options.remote, ipv6Only) !== undefined) {
      throw new TcpError('EADDRINUSE', `${doing}: the port is being listened on already`);
    }
    const settings = settingsFrom(layer.defaults, options);
    const queue = fastOpenQueue(options.fastOpen ?? this.fastOpen);
    const listener = new TcpListener(this, layer.nextId(), local, options.remote, settings, backlog, queue, ipv6Only);
    layer.listeners.add(listener);
    this.traceListener(listener, 'CLOSED', 'LISTEN', 'passive OPEN', now);
    return listener;
  }

  private passivePort(ours: Address, ipv6Only: boolean, remote: Endpoint | undefined, doing: string): number {
    const address = formatAddress(ours);
    const { listeners, ports } = this.layer;
    const free = (port: number): boolean => listeners.conflicting({ address, port }, remote, ipv6Only) === undefined;
    const port = ports.choose(addressWords(ours), free);
    if (port === undefined) throw new TcpError('EADDRNOTAVAIL', `${doing}: no ephemeral port is left`);
    return port;
  }

  private localAddress(address: string, doing: string): Address {
    const { ip } = this.layer;
    const parsed = hostAddress(address);
    if (parsed === undefined) throw new TcpError('EINVAL', `${doing}: ${address} is not an IP address`);
    const zoned = ip.zoned(parsed);
    if (zoned === undefined || (!isUnspecifiedAddress(zoned) && !ip.isLocal(zoned))) {
      throw new TcpError('EADDRNOTAVAIL', `${doing}: this stack does not have the address ${address}`);
    }
    return zoned;
  }

  /** RFC 9293 MUST-43 to MUST-46. */
  private pathTo(remote: Endpoint, local: string | undefined, doing: string, by?: ActiveOpen['sourceRoute']): Path {
    const { ip } = this.layer;
    const parsed = hostAddress(remote.address);
    if (parsed === undefined) throw new TcpError('EINVAL', `${doing}: ${remote.address} is not an IP address`);
    const destination = ip.zoned(parsed);
    if (destination === undefined) {
      throw new TcpError('EINVAL', `${doing}: several interfaces can be meant; name one by its index, as in fe80::1%2`);
    }
    if (isUnspecifiedAddress(destination) || isMulticastAddress(destination) || ip.isBroadcast(destination)) {
      throw new TcpError('EINVAL', `${doing}: ${remote.address} is not one host's address`);
    }
    const ours = local === undefined ? undefined : this.localAddress(local, doing);
    const source = ours === undefined || isUnspecifiedAddress(ours) ? undefined : ours;
    const path = by === undefined ? ip.path(destination, source) : ip.pathBy(sourceRoute(by), destination, source);
    if (path === 'EINVAL') throw new TcpError(path, `${doing}: ${whyNoSourceRoute(by)}`);
    if (path === 'ENETUNREACH') {
      throw new TcpError(path, `${doing}: no route to it; attach an interface in its network, or give one a gateway`);
    }
    if (path === 'EADDRNOTAVAIL') {
      throw new TcpError(path, `${doing}: it cannot be reached from ${local ?? 'any address of this stack'}`);
    }
    return path;
  }

  private traceListener(
    { id, local, localAddress, remote }: TcpListener,
    from: 'CLOSED' | 'LISTEN',
    to: 'CLOSED' | 'LISTEN',
    event: string,
    now?: number,
  ): void {
    const { trace } = this.layer;
    if (trace === undefined) return;
    const connection = {
      id,
      local,
      remote: remote ?? { address: formatAddress(typeof localAddress === 'number' ? 0 : 0n), port: 0 },
    };
    const time = now ?? this.call((at) => at);
    trace({ type: 'transition', time, connection, from, to, event });
  }
}

/** MUST-51. */
function sourceRoute({ strict = false, hops }: NonNullable<ActiveOpen['sourceRoute']>): SourceRoute {
  return { strict, hops };
}

function whyNoSourceRoute(by: ActiveOpen['sourceRoute']): string {
  if (by === undefined || firstHop(sourceRoute(by)) === undefined) {
    return 'a source route has one to nine hops, each the IPv4 address of one host';
  }
  return `there is no going by ${by.hops.join(', ')}: give the stack \`ip: { sourceRoute: true }\`, and name routers other than ourselves`;
}

function checkIpOptions({ headerLength, version }: Path, options: readonly Ipv4Option[], doing: string): void {
  if (version === 6) return;
  const length = headerLength - IPV4_HEADER + ipv4OptionsLength(options);
  if (length <= MAX_IPV4_OPTIONS) return;
  throw new TcpError(
    'EINVAL',
    `${doing}: source route and ipOptions take ${length} bytes; ${MAX_IPV4_OPTIONS} is the most`,
  );
}

function checkPort(port: number, least: number, doing: string): void {
  if (Number.isInteger(port) && port >= least && port <= 65_535) return;
  throw new TcpError('EINVAL', `${doing}: a port is a whole number from ${least} to 65535, not ${port}`);
}
