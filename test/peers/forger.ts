import { requireIpv4Address } from '../../src/wire/address';
import { emitEthernet, ETHERTYPE } from '../../src/wire/ethernet';
import { emitIcmp, type IcmpMessage } from '../../src/wire/icmp';
import { emitIpv4, PROTOCOL, type Ipv4Packet } from '../../src/wire/ipv4';
import { emitTcp, type TcpSegment } from '../../src/wire/tcp';
import type { Lab } from '../support/lab';
import type { Program } from '../support/lab-program';
import { ordinaryPacket } from '../support/packets';

/** Puts each line, a frame in hexadecimal, on the interface, and says a dot. */
const SENDER = `
import socket, sys
wire = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
wire.bind((sys.argv[1], 0))
for line in sys.stdin:
    wire.send(bytes.fromhex(line))
    sys.stdout.write('.')
    sys.stdout.flush()
`;

/** The TAP's queue takes so many frames at once, and more. */
const BURST = 100;

const FORGERS_MAC = '02:00:5e:10:00:03';

/** What a segment from the kernel's address would be; the rest is the attacker's choice. */
export type Forged = Pick<TcpSegment, 'srcPort' | 'dstPort' | 'seq' | 'flags'> & Partial<TcpSegment>;

/** An attacker on the kernel's side of the TAP, who writes whole frames. hping3 cannot hit a number that moves. */
export class Forger {
  private readonly program: Program;
  private sent = 0;

  constructor(private readonly lab: Lab) {
    this.program = lab.start('python3', '-u', '-c', SENDER, lab.tap);
  }

  /** Segments that claim to come from the kernel. When it resolves the frames are in the TAP's queue. */
  async segments(all: readonly Forged[]): Promise<void> {
    await this.packets(all.map((fields) => tcpPacket(this.lab.kernel, this.lab.address, fields)));
  }

  /** An ICMP message from some router, 10.9.0.77. */
  async icmp(message: IcmpMessage): Promise<void> {
    const [src, dst] = ['10.9.0.77', this.lab.address];
    await this.packets([ordinaryPacket({ protocol: PROTOCOL.ICMP, src, dst, payload: emitIcmp(message) })]);
  }

  private async packets(packets: readonly Ipv4Packet[]): Promise<void> {
    const [dst, src, type] = [this.lab.mac, FORGERS_MAC, ETHERTYPE.IPV4];
    for (let at = 0; at < packets.length; at += BURST) {
      const frames = packets
        .slice(at, at + BURST)
        .map((packet) => emitEthernet({ dst, src, type, tags: [], payload: emitIpv4(packet) }));
      this.sent += frames.length;
      this.program.stdin.write(frames.map((frame) => `${Buffer.from(frame).toString('hex')}\n`).join(''));
      await this.program.says('.'.repeat(this.sent));
    }
  }
}

/** A packet that the stack is said to have sent to the kernel, as an ICMP error quotes it. */
export function quote(lab: Lab, fields: Forged): Uint8Array {
  return emitIpv4(tcpPacket(lab.address, lab.kernel, fields));
}

function tcpPacket(src: string, dst: string, fields: Forged): Ipv4Packet {
  const segment = { ack: 0, window: 1000, urgent: 0, options: [], payload: new Uint8Array(0), ...fields };
  const payload = emitTcp(segment, { src: requireIpv4Address(src), dst: requireIpv4Address(dst) });
  return ordinaryPacket({ protocol: PROTOCOL.TCP, src, dst, payload });
}
