import { VirtualClock } from '../../../src/clock/virtual-clock';
import type { DhcpOptions } from '../../../src/ip/dhcp/options';
import type { InterfaceConfig } from '../../../src/ip/interface';
import { PacketLink } from '../../../src/link/packets';
import { Stack } from '../../../src/node/stack';
import type { TraceEvent } from '../../../src/trace';
import {
  ARP_REPLY,
  ARP_REQUEST,
  emitArp,
  emitDhcp,
  emitEthernet,
  emitIpv4,
  emitUdp,
  ETHERTYPE,
  parseArp,
  parseDhcp,
  parseEthernet,
  parseIpv4,
  parseUdp,
  PROTOCOL,
  requireIpv4Address,
  type DhcpMessage,
  type DhcpMessageType,
  type DhcpOptionValues,
} from '../../../src/wire';
import { ordinaryPacket } from '../../support/packets';
import { good } from '../../wire/helpers';
import { ADDRESS, SERVER, TERMS } from './scripted';

export const OUR_MAC = '02:00:5e:10:00:02';
export const SERVER_MAC = '02:00:00:00:00:01';
const OTHER_MAC = '02:00:00:00:00:03';
export const EVERYBODY = 'ff:ff:ff:ff:ff:ff';

/** A message that went out, with all around it. */
export interface Sent {
  readonly type: DhcpMessageType | undefined;
  readonly mac: string;
  readonly src: string;
  readonly dst: string;
  readonly message: DhcpMessage;
}

/** Where an answer goes. */
export interface Delivery {
  readonly mac: string;
  readonly dst: string;
}

/** A stack in virtual time, whose wire the test plays: a DHCP server that is found by ARP. */
export class Served {
  readonly clock = new VirtualClock();
  readonly link = new PacketLink({ medium: 'ethernet', name: 'eth0' });
  readonly stack: Stack;
  readonly sent: Sent[] = [];
  readonly events: TraceEvent[] = [];
  /** Frames that are no DHCP and no ARP. */
  readonly others: Uint8Array[] = [];
  /** What is asked by ARP. */
  readonly asked: string[] = [];
  /** The server's word to each message; `undefined`: silence. */
  answer: (message: DhcpMessage) => DhcpMessageType | undefined = ({ options }) =>
    options.messageType === 'discover' ? 'offer' : options.messageType === 'request' ? 'ack' : undefined;
  terms: DhcpOptionValues = TERMS;
  /** Whether the server's address is answered for by ARP. */
  isThere = true;
  /** Another host's address. */
  taken: string | undefined;

  constructor(
    dhcp: true | DhcpOptions = { probe: false },
    readonly delivery: Delivery = { mac: OUR_MAC, dst: ADDRESS },
    config: InterfaceConfig & { readonly stack?: ConstructorParameters<typeof Stack>[0] } = {},
  ) {
    const { stack, ...rest } = config;
    this.stack = new Stack({ clock: this.clock, seed: 7, ...stack });
    this.stack.observe((event) => this.events.push(event));
    this.link.onPacket = (frame) => {
      this.#sent(frame);
    };
    this.config = { mac: OUR_MAC, dhcp, ...rest };
  }

  readonly config: InterfaceConfig;

  attach() {
    const attached = this.stack.attach(this.link, this.config);
    const { dhcp } = attached;
    if (dhcp === undefined) throw new Error('no DHCP');
    return { interface: attached, dhcp };
  }

  after(seconds: number): this {
    this.clock.advanceBy(seconds * 1_000_000);
    return this;
  }

  /** A datagram to the client's port. */
  inject(payload: Uint8Array, { mac, dst }: Delivery = this.delivery, ports = { srcPort: 67, dstPort: 68 }): void {
    const pseudo = { src: requireIpv4Address(SERVER), dst: requireIpv4Address(dst) };
    const packet = ordinaryPacket({
      protocol: PROTOCOL.UDP,
      src: SERVER,
      dst,
      payload: emitUdp({ ...ports, payload }, pseudo),
    });
    this.link.inject(
      emitEthernet({ dst: mac, src: SERVER_MAC, type: ETHERTYPE.IPV4, tags: [], payload: emitIpv4(packet) }),
    );
  }

  reply(to: DhcpMessage, messageType: DhcpMessageType): void {
    const terms = messageType === 'nak' ? {} : this.terms;
    const message: DhcpMessage = {
      ...to,
      op: 'reply',
      yiaddr: messageType === 'nak' ? '0.0.0.0' : ADDRESS,
      options: { messageType, serverIdentifier: SERVER, ...terms },
    };
    this.inject(emitDhcp(message), to.ciaddr === '0.0.0.0' ? this.delivery : { mac: OUR_MAC, dst: to.ciaddr });
  }

  #sent(frame: Uint8Array): void {
    const { dst: mac, type, payload } = good(parseEthernet(frame));
    if (type === ETHERTYPE.ARP) {
      this.#arp(payload);
      return;
    }
    const packet = type === ETHERTYPE.IPV4 ? good(parseIpv4(payload)) : undefined;
    const udp = packet?.protocol === PROTOCOL.UDP ? good(parseUdp(packet.payload)) : undefined;
    if (packet === undefined || udp?.dstPort !== 67) {
      this.others.push(frame);
      return;
    }
    const message = good(parseDhcp(udp.payload));
    this.sent.push({ type: message.options.messageType, mac, src: packet.src, dst: packet.dst, message });
    const answer = this.answer(message);
    if (answer !== undefined) {
      // On a wire, an answer comes later.
      this.clock.schedule(this.clock.now(), () => {
        this.reply(message, answer);
      });
    }
  }

  #arp(payload: Uint8Array): void {
    const { operation, senderMac, senderAddress, targetAddress } = good(parseArp(payload));
    if (operation !== ARP_REQUEST || senderAddress === targetAddress) return;
    this.asked.push(targetAddress);
    if (targetAddress === SERVER && this.isThere) this.#isAt(SERVER_MAC, SERVER, senderMac, senderAddress);
    if (targetAddress === this.taken) this.#isAt(OTHER_MAC, targetAddress, senderMac, senderAddress);
  }

  /** Another host says that the address is its own. */
  claims(address: string): void {
    this.#isAt(OTHER_MAC, address, OUR_MAC, address);
  }

  #isAt(mac: string, senderAddress: string, targetMac: string, targetAddress: string): void {
    const payload = emitArp({ operation: ARP_REPLY, senderMac: mac, senderAddress, targetMac, targetAddress });
    this.clock.schedule(this.clock.now(), () => {
      this.link.inject(emitEthernet({ dst: targetMac, src: mac, type: ETHERTYPE.ARP, tags: [], payload }));
    });
  }
}
