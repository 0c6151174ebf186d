import type { Stack } from '../../stack';
import type { Connection } from '../../tcp/user';
import { inTermsOfIpv4 } from '../../ip/icmp6';
import type { IcmpEvent } from '../../ip/trace';
import { formatAddress, withoutZone, type Address } from '../../wire/address';
import { readUint16 } from '../../wire/bytes';
import { WireError } from '../../wire/error';
import { viewQuoted } from '../../wire/icmp';
import { viewQuotedIpv6 } from '../../wire/icmpv6';
import { PROTOCOL } from '../../wire/ipv4';
import { Failure, reasonOf } from '../failure';
import type { Target } from '../resolve';
import { markOf, type ProbeAnswer } from './trace';

/** Sends probes, and hears what becomes of them. */
export interface Prober {
  /** What goes out, for the title: `60 byte packets`. */
  readonly size: number;
  /** @throws Failure when it cannot be sent */
  send(probe: number, ttl: number): void;
  close(): void;
}

/** Takes an answer; `time` in µs. */
export type Answered = (probe: number, answer: ProbeAnswer, time: number) => void;

/** Data in a probe, so that IPv4 packets have 60 bytes as traceroute's. */
const DATA = new Uint8Array(32).map((_, index) => 0x40 + index);

/** The first of the ports to which UDP probes go, one a port: nobody listens there. */
export const FIRST_PORT = 33_434;

/** UDP to ports at which nobody listens: hops say "time exceeded", and the host "port unreachable". */
export function udpProber(stack: Stack, target: Target, answered: Answered, firstPort = FIRST_PORT): Prober {
  const any = typeof target.number === 'bigint' ? '::' : '0.0.0.0';
  const socket = stack.udp.open({ local: { address: any } });
  const probeOf = (port: number): number => port - firstPort;
  socket.user = {
    // Somebody listens there, and answers.
    socketChanged: () => {
      for (let message = socket.receive(); typeof message !== 'string'; message = socket.receive()) {
        const { address: from, port } = message.remote;
        answered(probeOf(port), { from, mark: '', final: true }, stack.clock.now());
      }
    },
  };
  let sent = 0;
  const stops = [
    onErrors(stack, PROTOCOL.UDP, target, (source, port, answer, time) => {
      if (source === socket.local.port) answered(probeOf(port), answer, time);
    }),
    onSilentNeighbour(stack, target, (answer, time) => {
      for (let probe = 0; probe < sent; probe += 1) answered(probe, answer, time);
    }),
  ];
  return {
    size: headerOf(target) + 8 + DATA.length,
    send: (probe, ttl) => {
      socket.set({ ttl });
      const taken = socket.send(DATA, { address: target.address, port: firstPort + probe });
      if (typeof taken === 'string') throw new Failure(`cannot send to ${target.name}: ${reasonOf(taken)}`);
      sent = probe + 1;
    },
    close: () => {
      for (const stop of stops) stop();
      socket.close();
    },
  };
}

/** ICMP echo requests, as ping sends them. */
export function icmpProber(stack: Stack, target: Target, answered: Answered): Prober {
  const path = stack.ip.path(target.number);
  if (typeof path === 'string') throw new Failure(`cannot reach ${target.name}: ${reasonOf(path)}`);
  const ping = stack.ip.ping({
    reply: ({ sequence, address: from, time }) => {
      answered(sequence, { from, mark: '', final: true }, time);
    },
    error: ({ kind, code, from }, sequence) => {
      answered(sequence, answerOf(kind, code, from, target), stack.clock.now());
    },
  });
  if (typeof ping === 'string') throw new Failure(`cannot ping ${target.name}: ${reasonOf(ping)}`);
  return {
    size: headerOf(target) + 8 + DATA.length,
    send: (sequence, ttl) => {
      ping.send(path, { sequence, data: DATA, ttl });
    },
    close: () => {
      ping.close();
    },
  };
}

/** The first SYN of a connection, whose port says which probe it is. An answer of any kind is all that is wanted. */
export function tcpProber(stack: Stack, target: Target, answered: Answered, port: number): Prober {
  const connections = new Map<number, Connection>();
  const probes = new Map<number, number>();
  const end = (probe: number): void => {
    connections.get(probe)?.abort();
    connections.delete(probe);
  };
  const reached = (probe: number): void => {
    answered(probe, { from: target.address, mark: '', final: true }, stack.clock.now());
    end(probe);
  };
  const hear = (probe: number, answer: ProbeAnswer, time: number): void => {
    answered(probe, answer, time);
    // Not from inside the stack's own work.
    setImmediate(end, probe);
  };
  const stops = [
    onErrors(stack, PROTOCOL.TCP, target, (source, _port, answer, time) => {
      const probe = probes.get(source);
      if (probe !== undefined) hear(probe, answer, time);
    }),
    onSilentNeighbour(stack, target, (answer, time) => {
      for (const probe of probes.values()) hear(probe, answer, time);
    }),
  ];
  return {
    size: headerOf(target) + 40,
    send: (probe, ttl) => {
      const connection = stack.tcp.open({ remote: { address: target.address, port }, ttl, warnings: false });
      connections.set(probe, connection);
      probes.set(connection.local.port, probe);
      connection.on('connect', () => {
        reached(probe);
      });
      connection.on('error', (code) => {
        // A RST is an answer, too.
        if (code === 'ECONNREFUSED') reached(probe);
      });
    },
    close: () => {
      for (const stop of stops) stop();
      for (const probe of [...connections.keys()]) end(probe);
    },
  };
}

/** Hears the ICMP errors about packets of ours to the target. */
function onErrors(
  stack: Stack,
  protocol: number,
  target: Target,
  hear: (sourcePort: number, port: number, answer: ProbeAnswer, time: number) => void,
): () => void {
  return stack.observe((event) => {
    if (event.type !== 'icmp' || event.direction !== 'in') return;
    const about = quotedIn(event);
    if (about?.protocol !== protocol || about.dst !== withoutZoneOf(target)) return;
    const { kind, code } = about;
    hear(about.sourcePort, about.port, answerOf(kind, code, event.src, target), event.time);
  });
}

/** Hears that the first hop, or the target on our own wire, does not answer for its address: our host says so, and nobody else. */
function onSilentNeighbour(
  stack: Stack,
  target: Target,
  hear: (answer: ProbeAnswer, time: number) => void,
): () => void {
  const path = stack.ip.path(target.number);
  if (typeof path === 'string') throw new Failure(`cannot reach ${target.name}: ${reasonOf(path)}`);
  const [nextHop, from] = [formatAddress(path.nextHop), formatAddress(path.source)];
  return stack.observe((event) => {
    if (event.type !== 'neighbour' || event.state !== 'failed' || event.address !== nextHop) return;
    hear({ from, mark: '!H', final: true }, event.time);
  });
}

interface Quoted {
  readonly kind: string;
  readonly code: number;
  readonly protocol: number;
  readonly dst: Address;
  readonly sourcePort: number;
  readonly port: number;
}

function quotedIn({ message, version }: IcmpEvent): Quoted | undefined {
  const { type } = message;
  if (type !== 'destination-unreachable' && type !== 'time-exceeded' && type !== 'packet-too-big') return undefined;
  const quoted = version === 4 ? viewQuoted(message.quoted) : viewQuotedIpv6(message.quoted);
  if (quoted instanceof WireError) return undefined;
  // The codes of ICMPv6 are others.
  const about = version === 6 || type === 'packet-too-big' ? inTermsOfIpv4(message) : message;
  const { protocol, dst, payload } = quoted;
  return {
    kind: 'kind' in about ? about.kind : type,
    code: about.code,
    protocol,
    dst,
    sourcePort: readUint16(payload, 0),
    port: readUint16(payload, 2),
  };
}

function answerOf(kind: string, code: number, from: string, target: Target): ProbeAnswer {
  if (kind === 'time-exceeded') return { from, mark: '', final: from === target.address };
  return { from, mark: markOf(code), final: true };
}

/** As a packet has it. */
function withoutZoneOf({ number }: Target): Address {
  return typeof number === 'bigint' ? withoutZone(number) : number;
}

/** Bytes of IP's header. */
function headerOf({ number }: Target): number {
  return typeof number === 'bigint' ? 40 : 20;
}
