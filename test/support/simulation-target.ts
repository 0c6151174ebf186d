import { VirtualClock } from '../../src/clock/virtual-clock';
import { PacketLink } from '../../src/link/packets';
import { Stack } from '../../src/stack';
import { add } from '../../src/tcp/sequence';
import type { State } from '../../src/tcp/states';
import type { Connection, Listener } from '../../src/tcp/user';
import { requireIpv4Address } from '../../src/wire/address';
import { emitIpv4, PROTOCOL } from '../../src/wire/ipv4';
import { emitTcp, FLAG, type TcpSegment } from '../../src/wire/tcp';
import { checkConnection } from './invariants';
import { ordinaryPacket } from './packets';
import { Watch } from './simulation-watch';

export const US = '10.9.0.2';
export const PEER = '10.9.0.1';
export const RECEIVE_BUFFER = 20_000;
export const SEND_BUFFER = 20_000;
/** The most handshakes at once. */
export const HALF_OPEN = 8;
const PORTS = { us: 80, peer: 41_234 };
const PEER_ISN = 0xffff_f000;
/** More than any one packet can make a stack send: a window, and what is said of each packet. */
const MOST_ANSWERS = 64;

const { SYN, ACK, FIN } = FLAG;

/** A stack with a connection in the state that is wanted, and a peer that can send it anything. */
export class Target {
  readonly clock = new VirtualClock();
  readonly stack: Stack;
  readonly link = new PacketLink();
  /** The connection that is in the state; for LISTEN and CLOSED there is none. */
  readonly connection: Connection | undefined;
  readonly listener: Listener | undefined;
  /** The last packet that the stack sent. */
  last: Uint8Array = new Uint8Array(0);
  private answers = 0;

  /** @param busy with data in flight, unread, and out of order, where the state can have it */
  constructor(state: State, busy = false) {
    const tcp = { receiveBuffer: RECEIVE_BUFFER, sendBuffer: SEND_BUFFER, maxHalfOpen: HALF_OPEN, outOfOrderLimit: 16 };
    this.stack = new Stack({ clock: this.clock, seed: 1, tcp });
    const watch = new Watch('us');
    this.stack.observe((event) => {
      watch.event(event);
    });
    this.stack.attach(this.link, { address: `${US}/24` });
    this.link.onPacket = (packet) => {
      this.last = packet;
      this.answers += 1;
    };
    if (state === 'CLOSED') return;
    if (state === 'SYN-SENT') {
      this.connection = this.stack.tcp.open({
        local: { port: PORTS.us },
        remote: { address: PEER, port: PORTS.peer },
      });
      return;
    }
    this.listener = this.stack.tcp.open({ passive: true, local: { port: PORTS.us } });
    if (state === 'LISTEN') return;
    this.connection = this.handshake(state);
    if (busy) this.keepBusy(this.connection);
    this.goTo(state, this.connection);
    if (this.connection.state !== state) throw new Error(`it is in ${this.connection.state}, not in ${state}`);
  }

  /** A segment from the peer, with what is not given as the connection would have it next. */
  segment(fields: Partial<TcpSegment>, addresses: { src?: string; dst?: string } = {}): Uint8Array {
    const { src = PEER, dst = US } = addresses;
    const status = this.connection?.status();
    const segment: TcpSegment = {
      srcPort: PORTS.peer,
      dstPort: PORTS.us,
      seq: status?.rcv.nxt ?? PEER_ISN,
      ack: status?.snd.nxt ?? 0,
      flags: ACK,
      window: 65_535,
      urgent: 0,
      options: [],
      payload: new Uint8Array(0),
      ...fields,
    };
    const payload = emitTcp(segment, { src: requireIpv4Address(src), dst: requireIpv4Address(dst) });
    return packet(PROTOCOL.TCP, payload, src, dst);
  }

  /** Packets arrive. All that must hold afterwards is looked at. */
  inject(...packets: Uint8Array[]): void {
    this.answers = 0;
    this.link.inject(packets);
    if (this.answers > MOST_ANSWERS) throw new Error(`${this.answers} packets in answer to ${packets.length}`);
    this.check();
  }

  pass(time: number): void {
    this.clock.advanceBy(time);
    this.check();
  }

  check(): void {
    const connections = this.stack.tcp.connections();
    if (connections.length > HALF_OPEN + 1) throw new Error(`there are ${connections.length} connections`);
    const ours = this.connection;
    // A handshake that failed is the listener's again, and nobody has that connection.
    if (ours !== undefined && ours.state !== 'LISTEN' && !connections.includes(ours)) connections.push(ours);
    for (const connection of connections) {
      checkConnection(connection, this.clock);
      const { receive, send, outOfOrder } = connection.status().buffered;
      if (receive + outOfOrder > RECEIVE_BUFFER || send > SEND_BUFFER)
        throw new Error('more is kept than there is room for');
    }
    if (Object.keys(this.stack.counters).length > 100) throw new Error('the counters never end');
  }

  private handshake(state: State): Connection {
    this.link.inject(this.segment({ flags: SYN, options: [{ kind: 'mss', mss: 1000 }] }));
    const [connection] = this.stack.tcp.connections();
    if (connection === undefined) throw new Error('no connection came about');
    if (state === 'SYN-RECEIVED') return connection;
    const { rcv, snd } = connection.status();
    this.link.inject(this.segment({ seq: rcv.nxt, ack: snd.nxt }));
    const accepted = this.listener?.accept();
    if (accepted !== connection) throw new Error('it was not accepted');
    return connection;
  }

  /** 3,000 octets in flight, 500 to be read, and 100 that are ahead of their turn. */
  private keepBusy(connection: Connection): void {
    if (connection.state === 'SYN-RECEIVED') return;
    connection.send(new Uint8Array(3000));
    const { rcv, snd } = connection.status();
    this.link.inject(this.segment({ ack: snd.una, payload: new Uint8Array(500) }));
    this.link.inject(this.segment({ ack: snd.una, seq: add(rcv.nxt, 1500), payload: new Uint8Array(100) }));
  }

  private goTo(state: State, connection: Connection): void {
    const acknowledge = (): void => {
      this.link.inject(this.segment({}));
    };
    const finish = (fields: Partial<TcpSegment> = {}): void => {
      const { rcv, buffered } = connection.status();
      // What is missing first, so that the FIN comes in order.
      const gap = buffered.outOfOrder > 0 ? 1000 : 0;
      this.link.inject(this.segment({ seq: rcv.nxt, payload: new Uint8Array(gap), ...fields }));
      this.link.inject(this.segment({ flags: ACK | FIN, ...fields }));
    };
    const unacknowledged = { ack: connection.status().snd.una };
    switch (state) {
      case 'FIN-WAIT-1':
        connection.shutdown();
        break;
      case 'FIN-WAIT-2':
        connection.shutdown();
        acknowledge();
        break;
      case 'CLOSE-WAIT':
        finish(unacknowledged);
        break;
      case 'CLOSING':
        connection.shutdown();
        finish(unacknowledged);
        break;
      case 'LAST-ACK':
        finish(unacknowledged);
        connection.shutdown();
        break;
      case 'TIME-WAIT':
        connection.shutdown();
        acknowledge();
        finish();
        break;
      default:
    }
  }
}

export function packet(protocol: number, payload: Uint8Array, src = PEER, dst = US): Uint8Array {
  return emitIpv4(ordinaryPacket({ protocol, src, dst, payload }));
}
