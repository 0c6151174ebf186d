import type { ImpairSettings } from '../../src/link/impair';
import type { ImpairmentCounters } from '../../src/link/impairment';
import type { TcpOptions } from '../../src/stack/tcp-options';
import { STATIONS, type Side } from './addresses';
import { kernelListens, kernelSends } from './kernel-end';
import { Namespaces } from './namespaces';
import type { Answer, Load, Received, Sent } from './path-calls';
import { PathProcess } from './path-process';

/** Who can be at an end of a transfer. */
export type Who = 'synack' | Side;

/** What a transfer came to. */
export interface Outcome {
  /** How many bytes arrived, and in how many µs from the sender's handshake to the last of them. */
  readonly bytes: number;
  readonly time: number;
  readonly sha256: string;
  /** The sender's. */
  readonly congestion: string;
  readonly retransmissions: number;
}

const FIRST_PORT = 10_000;
const PORTS = 20_000;

/** A bad network with its ends: namespaces, the process between them, and transfers across. */
export class Lane {
  #port = 0;

  private constructor(
    private readonly namespaces: Namespaces,
    private readonly path: PathProcess,
  ) {}

  static async open(): Promise<Lane> {
    const namespaces = new Namespaces();
    const path = new PathProcess(namespaces);
    await path.open;
    namespaces.connect();
    return new Lane(namespaces, path);
  }

  /** A new bad network, and a new synack with these options. */
  begin(options: { seed: number; network: ImpairSettings; tcp: TcpOptions }): Promise<void> {
    return this.path.call('begin', options);
  }

  /** What became of the frames since `begin`, by direction. */
  end(): Promise<Readonly<Record<Side, ImpairmentCounters>>> {
    return this.path.call('end', {});
  }

  /** Any number of transfers may go on at once. Throws when an end fails; that its time is up is no failure. */
  async transfer(from: Who, to: Who, load: Load): Promise<Outcome> {
    const port = FIRST_PORT + (this.#port++ % PORTS);
    const { received: receiving } = await this.#listen(to, port, load);
    const sending = this.#send(from, { address: STATIONS[to].address, port }, load);
    const [sent, received] = await Promise.all([sending, receiving]);
    const { congestion, retransmissions } = sent;
    const { bytes, end, sha256 } = received;
    return { bytes, time: end - sent.start, sha256, congestion, retransmissions };
  }

  close(): void {
    this.path.close();
  }

  #send(from: Who, to: { address: string; port: number }, load: Load): Promise<Sent> {
    if (from === 'synack') return this.path.call('send', { ...load, to });
    return kernelSends(this.namespaces, from, to, load);
  }

  async #listen(who: Who, port: number, load: Load): Promise<{ received: Promise<Received> }> {
    if (who !== 'synack') return kernelListens(this.namespaces, who, port, load);
    await this.path.call('listen', { ...load, port });
    const received: Promise<Answer<'received'>> = this.path.call('received', { port });
    return { received };
  }
}
