import { LinkError } from '../errors';
import { PROTOCOL } from '../../wire/ipv4';
import { addressesOf, type OwnAddress } from './addresses';
import { atEnd } from './at-end';
import { choosePorts, refuseOthers, type OtherUsers } from './choose-ports';
import { filterProgram, MOST_ADDRESSES, type Wanted } from './filter';
import { kernelsChoice, takenPorts } from './kernel-ports';
import { clearStale, explainNft, kernelProcesses, NftFailure, Table } from './nftables';
import type { RawSocketOptions } from './options';
import type { PortRange, PortSet } from './ports';
import { installTested, type Shown } from './self-test';
import {
  IPPROTO_IPV6,
  IPPROTO_RAW,
  IPV6_RECVHOPLIMIT,
  IPV6_RECVPKTINFO,
  IPV6_RECVTCLASS,
  RawSocket,
  SO_BINDTODEVICE,
  SO_MEMINFO,
  SO_RCVBUFFORCE,
  SO_SNDBUFFORCE,
  SOL_SOCKET,
} from './socket';

const RECEIVE_BUFFER = 4 * 1024 * 1024;
const SEND_BUFFER = 1024 * 1024;
const PROTOCOLS = { tcp: PROTOCOL.TCP, udp: PROTOCOL.UDP, icmp: PROTOCOL.ICMP } as const;

/** A socket that receives, and what it is to get beside the ports. */
interface Receiver {
  readonly socket: RawSocket;
  readonly wanted: Omit<Wanted, 'ports'>;
}

/** The sockets of a link and its rules. */
export class OpenedSockets {
  readonly #doing: string;
  readonly #device: string;
  readonly #table: Table;
  readonly #echo: boolean;
  readonly #receivers: Receiver[] = [];
  /** By version of IP. */
  readonly senders = new Map<4 | 6, RawSocket>();
  readonly addresses: readonly OwnAddress[];
  readonly ephemeralPorts: PortRange;
  readonly tested: Shown;
  readonly mtu: number;
  #ports: PortSet;
  readonly #forget: () => void;

  /** @throws LinkError */
  constructor(device: string, options: RawSocketOptions) {
    const doing = (this.#doing = `cannot open raw ${device}`);
    this.#device = device;
    this.#echo = options.echo === 'stack';
    const { protocols = ['tcp', 'udp', 'icmp'], receiveBuffer = RECEIVE_BUFFER } = options;
    if (!(Number.isInteger(receiveBuffer) && receiveBuffer >= 0 && receiveBuffer <= 0x3fffffff)) {
      throw new LinkError('EINVAL', `${doing}: receiveBuffer ${receiveBuffer} is not a size in bytes`);
    }
    this.addresses = addressesOf(doing, device, options.addresses);
    if (this.addresses.length > MOST_ADDRESSES) {
      const message = `${doing}: it has ${this.addresses.length} addresses; choose ${MOST_ADDRESSES} at most by the option addresses`;
      throw new LinkError('EINVAL', message);
    }
    const processes = kernelProcesses();
    this.#table = new Table(processes);
    this.#forget = atEnd.add(() => {
      this.#removeTable();
    });
    try {
      // First what takes a right of its own, or may not be installed: the message is about that, then.
      for (const version of [4, 6] as const) {
        if (this.#ofVersion(version).length === 0) continue;
        this.senders.set(version, this.#sender(version));
        for (const protocol of protocols) this.#receivers.push(this.#receiver(version, protocol, receiveBuffer));
      }
      const users = { ...this.#users(), others: clearStale(processes) };
      const { ports, ephemeral } = choosePorts(doing, options.ports, users);
      this.#ports = ports;
      this.ephemeralPorts = ephemeral;
      this.tested = installTested(doing, this.#table, this.#silenced());
      this.#filter();
      for (const { socket } of this.#receivers) drain(socket);
      this.mtu = this.#anySender().mtuOf(device);
    } catch (error) {
      this.close();
      throw this.#explain(error);
    }
  }

  get ports(): PortSet {
    return this.#ports;
  }

  get tableName(): string {
    return this.#table.name;
  }

  get receivers(): RawSocket[] {
    return this.#receivers.map(({ socket }) => socket);
  }

  /** @throws LinkError */
  reserve(port: number): void {
    const doing = `cannot reserve port ${port} at raw ${this.#device}`;
    if (!(Number.isInteger(port) && port >= 1 && port <= 65_535)) {
      throw new LinkError('EINVAL', `${doing}: ports are from 1 to 65535`);
    }
    const range = [{ first: port, last: port }];
    try {
      const others = clearStale(kernelProcesses()).filter(({ pid }) => pid !== process.pid);
      const before = this.#ports;
      refuseOthers(doing, before.with(range).without(before), { ...this.#users(), others });
      this.#ports = before.with(range);
      this.#table.install(this.#silenced());
      this.#filter();
    } catch (error) {
      throw error instanceof NftFailure ? explainNft(doing, error) : error;
    }
  }

  setRef(on: boolean): void {
    for (const socket of this.#all()) socket.setRef(on);
  }

  /** The kernel counts what found no room in a socket's buffer. */
  overflowed(): number {
    const memoryWords = 9;
    return this.receivers.reduce(
      (sum, socket) =>
        sum + socket.getOption(SOL_SOCKET, SO_MEMINFO, 4 * memoryWords).readUInt32LE(4 * (memoryWords - 1)),
      0,
    );
  }

  /** @returns why the rules are still there, if they are */
  close(): LinkError | undefined {
    this.#forget();
    for (const socket of this.#all()) socket.close();
    return this.#removeTable();
  }

  #removeTable(): LinkError | undefined {
    try {
      this.#table.remove();
      return undefined;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return new LinkError(
        'EIO',
        `raw ${this.#device}: the rules are still there: ${why}; remove them: nft delete table inet ${this.#table.name}`,
        { cause: error },
      );
    }
  }

  #all(): RawSocket[] {
    return [...this.senders.values(), ...this.receivers];
  }

  #anySender(): RawSocket {
    for (const socket of this.senders.values()) return socket;
    throw new LinkError('EADDRNOTAVAIL', `${this.#doing}: no address is left`);
  }

  #ofVersion(version: 4 | 6): OwnAddress[] {
    return this.addresses.filter(({ address }) => (typeof address === 'bigint') === (version === 6));
  }

  #users(): Omit<OtherUsers, 'others'> {
    return { taken: takenPorts(this.addresses.map(({ address }) => address)), kernelsChoice: kernelsChoice() };
  }

  #silenced() {
    return { addresses: this.addresses.map(({ address }) => address), ports: this.#ports, echo: this.#echo };
  }

  #sender(version: 4 | 6): RawSocket {
    const socket = new RawSocket(this.#doing, version === 6, IPPROTO_RAW);
    socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${this.#device}\0`));
    socket.setOption(SOL_SOCKET, SO_SNDBUFFORCE, SEND_BUFFER);
    return socket;
  }

  #receiver(version: 4 | 6, protocol: keyof typeof PROTOCOLS, receiveBuffer: number): Receiver {
    const ipv6 = version === 6;
    const socket = new RawSocket(
      this.#doing,
      ipv6,
      ipv6 && protocol === 'icmp' ? PROTOCOL.ICMPV6 : PROTOCOLS[protocol],
    );
    const wanted = {
      ipv6,
      protocol: ipv6 && protocol === 'icmp' ? 'icmpv6' : protocol,
      addresses: this.#ofVersion(version).map(({ address }) => address),
      echo: this.#echo,
    } as const;
    // Until the ports are chosen, nothing.
    socket.filter(filterProgram({ ...wanted, addresses: [], ports: [] }));
    socket.setOption(SOL_SOCKET, SO_BINDTODEVICE, Buffer.from(`${this.#device}\0`));
    socket.setOption(SOL_SOCKET, SO_RCVBUFFORCE, receiveBuffer);
    if (ipv6) {
      for (const option of [IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS]) {
        socket.setOption(IPPROTO_IPV6, option, 1);
      }
    }
    drain(socket);
    return { socket, wanted };
  }

  #filter(): void {
    for (const { socket, wanted } of this.#receivers) {
      socket.filter(filterProgram({ ...wanted, ports: this.#ports.ranges }));
    }
  }

  #explain(error: unknown): unknown {
    if (error instanceof LinkError) return error;
    if (error instanceof NftFailure) return explainNft(this.#doing, error);
    const why = error instanceof Error ? error.message : String(error);
    const isRight = why === 'Operation not permitted';
    const advice = isRight ? 'it needs CAP_NET_RAW and CAP_NET_ADMIN; run as root' : why;
    return new LinkError(isRight ? 'EPERM' : 'EIO', `${this.#doing}: ${advice}`, { cause: error });
  }
}

/** Throws away what came in before the filter was there. */
function drain(socket: RawSocket): void {
  const slab = new Uint8Array(2 * 65_600);
  const words = new Uint32Array(2 * 128);
  while (socket.receive(slab, words) > 0);
}
