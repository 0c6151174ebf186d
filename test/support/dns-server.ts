import * as dnsPacket from 'dns-packet';
import type { Answer, Packet, Question } from 'dns-packet';
import type * as nodeDgram from 'node:dgram';
import { once } from 'node:events';
import type * as nodeNet from 'node:net';

/** The modules that a server speaks with: Node's own, or a stack's. */
export interface Modules {
  readonly dgram: Pick<typeof nodeDgram, 'createSocket'>;
  readonly net: Pick<typeof nodeNet, 'createServer'>;
}

/** A question that has come. */
export interface Asked {
  readonly via: 'udp' | 'tcp';
  readonly id: number;
  readonly name: string;
  readonly type: string;
  /** The octets that the asker says it can take (EDNS0), if it says so. */
  readonly udpPayloadSize?: number | undefined;
  /** Where it came from; 0 for TCP. */
  readonly port: number;
}

/** What a handler may answer: sections and an rcode, octets as they are, several of these, or nothing. */
export type Reply = (Partial<Packet> & { rcode?: number }) | Buffer | readonly (Buffer | Partial<Packet>)[] | undefined;

export type Handler = (asked: Asked) => Reply;

export const RCODE = { FORMERR: 1, SERVFAIL: 2, NXDOMAIN: 3, NOTIMP: 4, REFUSED: 5 } as const;

/**
 * A name server for tests, over UDP and TCP on one port. It answers from `zone`, and for what is in there a CNAME is
 * answered for every type; names that it does not know are NXDOMAIN. `handlers` come before the zone, by name.
 */
export class DnsServer {
  readonly asked: Asked[] = [];
  readonly handlers = new Map<string, Handler>();
  port = 0;

  private readonly udp: nodeDgram.Socket;
  private readonly tcp: nodeNet.Server;
  private readonly sockets = new Set<nodeNet.Socket>();

  private constructor(
    { dgram, net }: Modules,
    private readonly zone: readonly Answer[],
  ) {
    this.udp = dgram.createSocket('udp4');
    this.udp.on('message', (message, from) => {
      const { answers } = this.answer(message, 'udp', from.port);
      for (const answer of answers) this.udp.send(answer, from.port, from.address);
    });
    this.tcp = net.createServer((socket) => {
      this.serve(socket);
    });
  }

  /** @param port 0 for one that is free. */
  static async start(
    modules: Modules,
    zone: readonly Answer[] = [],
    address = '127.0.0.1',
    port = 0,
  ): Promise<DnsServer> {
    return onePort(port === 0 ? 20 : 1, async () => {
      const server = new DnsServer(modules, zone);
      server.port = await bindBoth(server.udp, server.tcp, port, address);
      return server;
    });
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  /** Answers a name, in any case of its letters, so. */
  on(name: string, handler: Handler | Reply): void {
    this.handlers.set(name.toLowerCase(), typeof handler === 'function' ? handler : () => handler);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await Promise.all([
      new Promise<void>((resolve) => this.udp.close(resolve)),
      new Promise((resolve) => this.tcp.close(resolve)),
    ]);
  }

  private serve(socket: nodeNet.Socket): void {
    this.sockets.add(socket);
    let pending = Buffer.alloc(0);
    socket.on('error', () => undefined);
    socket.on('close', () => this.sockets.delete(socket));
    socket.on('data', (chunk) => {
      pending = Buffer.concat([pending, chunk]);
      while (pending.length >= 2 && pending.length >= 2 + pending.readUInt16BE(0)) {
        const end = 2 + pending.readUInt16BE(0);
        const { answers } = this.answer(pending.subarray(2, end), 'tcp', 0);
        pending = pending.subarray(end);
        for (const answer of answers) {
          const length = Buffer.alloc(2);
          length.writeUInt16BE(answer.length);
          // In two pieces: who reads must put them together.
          socket.write(Buffer.concat([length, answer.subarray(0, 3)]));
          setImmediate(() => socket.write(answer.subarray(3)));
        }
      }
    });
  }

  private answer(message: Buffer, via: 'udp' | 'tcp', port: number): { answers: Buffer[] } {
    const query = dnsPacket.decode(message);
    const [question] = query.questions ?? [];
    if (question === undefined) return { answers: [] };
    const opt = query.additionals?.find((each) => each.type === 'OPT');
    const udpPayloadSize = opt?.type === 'OPT' ? opt.udpPayloadSize : undefined;
    const asked = { via, id: query.id ?? 0, name: question.name, type: question.type, udpPayloadSize, port };
    this.asked.push(asked);
    const handler = this.handlers.get(question.name.toLowerCase());
    const reply = handler === undefined ? this.fromZone(question) : handler(asked);
    const replies: readonly (Buffer | Partial<Packet>)[] = isList(reply) ? reply : reply === undefined ? [] : [reply];
    return { answers: replies.map((each) => encode(each, asked.id, question)) };
  }

  private fromZone({ name, type }: Question): Reply {
    const known = this.zone.filter((each) => each.name.toLowerCase() === name.toLowerCase());
    if (known.length === 0) return { rcode: RCODE.NXDOMAIN };
    const wanted = known.filter((each) => type === ANY || each.type === type || each.type === 'CNAME');
    const targets = wanted.flatMap((each) => (each.type === 'CNAME' && type !== 'CNAME' ? [each.data] : []));
    const behind = targets.flatMap((target) => {
      const reply = type === ANY ? undefined : this.fromZone({ name: target, type });
      return reply !== undefined && 'answers' in reply ? (reply.answers ?? []) : [];
    });
    return { answers: [...wanted, ...behind] };
  }
}

/** dns-packet knows the type, its types do not. */
const ANY = 'ANY' as string;

function isList(reply: Reply): reply is readonly (Buffer | Partial<Packet>)[] {
  return Array.isArray(reply);
}

function encode(reply: Buffer | (Partial<Packet> & { rcode?: number }), id: number, question: Question): Buffer {
  if (Buffer.isBuffer(reply)) return reply;
  const { rcode = 0, flags = 0, ...sections } = reply;
  const standard = dnsPacket.RECURSION_DESIRED | dnsPacket.RECURSION_AVAILABLE;
  return dnsPacket.encode({
    type: 'response',
    id,
    questions: [question],
    ...sections,
    flags: standard | flags | rcode,
  });
}

/** Makes what needs the same port for UDP and TCP: one that is free for UDP may be somebody's for TCP, so that it is tried so many times. */
export async function onePort<T>(tries: number, make: () => Promise<T>): Promise<T> {
  for (let left = tries - 1; ; left--) {
    try {
      return await make();
    } catch (error) {
      if (left <= 0) throw error;
    }
  }
}

/** @returns the port of both; where TCP's is taken, the UDP socket is closed again */
export async function bindBoth(
  udp: nodeDgram.Socket,
  tcp: nodeNet.Server,
  wanted: number,
  address: string,
): Promise<number> {
  udp.bind(wanted, address);
  await once(udp, 'listening');
  const { port } = udp.address();
  tcp.listen(port, address);
  try {
    await once(tcp, 'listening');
  } catch (error) {
    udp.close();
    throw error;
  }
  return port;
}
