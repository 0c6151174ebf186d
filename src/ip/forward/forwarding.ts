import type { Interface, InterfaceConfig } from '../interface';
import type { IpHost } from '../host';
import { parseIpv4Address, type Address } from '../../wire/address';
import { WireError } from '../../wire/error';
import { viewIpv4 } from '../../wire/ipv4';
import { viewIpv6 } from '../../wire/ipv6';
import { Ipv4Forward, type Ipv4ForwardGround } from './ipv4-forward';
import { Ipv6Forward, type Ipv6ForwardGround } from './ipv6-forward';
import { Nat, type Forward, type IsTaken, type NatSession } from './nat/nat';
import { NAT_DEFAULTS, type NatOptions } from './nat/options';
import { KIND } from './nat/session';
import { Translator } from './nat/translator';
import { Relay, type Fragmenter } from './relay';
import type { OuterConfig, PortForward, ReversePath } from './options';

/** What forwarding stands on. */
export interface ForwardingGround
  extends Pick<Ipv4ForwardGround, 'paths' | 'routes' | 'error' | 'reassemble'>, Pick<Ipv6ForwardGround, 'error6'> {
  readonly fragment: Fragmenter;
  readonly host: IpHost;
  readonly reversePath: ReversePath;
  readonly nat: NatOptions;
  /** The host's own ports. */
  readonly isTaken: IsTaken;
}

const NONE: readonly Forward[] = [];

/** The router in the host: which of its interfaces are outer ones, and who passes packets on. */
export class Forwarding {
  readonly ipv4: Ipv4Forward;
  readonly ipv6: Ipv6Forward;
  readonly #nat: Nat;
  /** The outer interfaces, with their port forwards. */
  readonly #outer = new Map<Interface, readonly Forward[]>();

  constructor(ground: ForwardingGround) {
    const { host, paths } = ground;
    this.#nat = new Nat(host, { ...NAT_DEFAULTS, ...ground.nat }, ground.isTaken, (external) => {
      const owner = paths.interfaceOf(external);
      return (owner && this.#outer.get(owner)) ?? NONE;
    });
    const translator = new Translator(this.#nat, host);
    const relay = new Relay(ground.fragment);
    this.ipv6 = new Ipv6Forward({ ...ground, relay });
    this.ipv4 = new Ipv4Forward({ ...ground, relay, translator, isOuter: (on) => this.#outer.has(on) });
  }

  /** The sessions that are translated, which end first first. */
  get sessions(): NatSession[] {
    return this.#nat.sessions;
  }

  /**
   * An interface was attached. @throws RangeError for a port forward that cannot be
   */
  attached(on: Interface, { masquerade = false, forwards = [] }: OuterConfig): void {
    if (masquerade) this.#outer.set(on, readForwards(forwards, `cannot attach ${on.name}`));
  }

  detached(on: Interface): void {
    if (!this.#outer.delete(on)) return;
    for (const { address } of on.addresses) this.#nat.forget(address);
  }

  /** The host has the address no more: what was translated to it cannot be answered any more. */
  addressRemoved(address: number): void {
    this.#nat.forget(address);
  }

  /**
   * A packet found no neighbour on `through`: if it was passed on, its sender is told.
   * @returns false: it was our own
   */
  undeliverable(packet: Uint8Array, through: Interface): boolean {
    if ((packet[0] ?? 0) >>> 4 === 6) {
      const view = viewIpv6(packet);
      return !(view instanceof WireError) && this.ipv6.undeliverable(view, through);
    }
    const view = viewIpv4(packet);
    return !(view instanceof WireError) && this.ipv4.undeliverable(view, through);
  }

  /** True when translation uses this port of ours with this remote endpoint. */
  uses(protocol: number, local: Address, port: number, remote: Address, remotePort: number): boolean {
    if (this.#outer.size === 0 || typeof local === 'bigint' || typeof remote === 'bigint') return false;
    return this.#nat.has(protocol, local, port, remote, remotePort);
  }
}

/**
 * What an interface's configuration may say of forwarding.
 * @throws RangeError for `masquerade` or `forwards` where they mean nothing, and for a port forward that cannot be
 */
export function checkOuter(
  { masquerade = false, forwards }: OuterConfig & InterfaceConfig,
  forward: boolean,
  doing: string,
): void {
  if (masquerade && !forward)
    throw new RangeError(`${doing}: masquerade needs the stack's option ip: { forward: true }`);
  if (forwards === undefined) return;
  if (!masquerade) throw new RangeError(`${doing}: forwards needs masquerade: true beside it`);
  readForwards(forwards, doing);
}

function readForwards(forwards: readonly PortForward[], doing: string): Forward[] {
  const read = forwards.map((each) => readForward(each, doing));
  const double = read.find(({ kind, port }, at) =>
    read.some((other, there) => there < at && other.kind === kind && other.port === port),
  );
  if (double !== undefined) throw new RangeError(`${doing}: port ${double.port} is forwarded twice`);
  return read;
}

function readForward({ protocol, port, to }: PortForward, doing: string): Forward {
  const colon = to.lastIndexOf(':');
  const inner = parseIpv4Address(to.slice(0, Math.max(colon, 0)));
  const innerPort = Number(to.slice(colon + 1));
  if (!isPort(port) || inner === undefined || !isPort(innerPort)) {
    throw new RangeError(
      `${doing}: cannot forward ${protocol} port ${port} to "${to}"; write { protocol: 'tcp', port: 8080, to: '10.0.0.2:80' }`,
    );
  }
  return { kind: protocol === 'tcp' ? KIND.TCP : KIND.UDP, port, inner, innerPort };
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}
