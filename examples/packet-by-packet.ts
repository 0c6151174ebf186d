// The stack driven by hand: one packet at a time, in virtual time, with no network and no root.
//   npx ts-node examples/packet-by-packet.ts
import { PacketLink, Stack, VirtualClock, wire } from '../src';

const clock = new VirtualClock();
const stack = new Stack({ clock, seed: 1 });
const link = new PacketLink({ mtu: 1500 });
stack.attach(link, { address: '10.0.0.1/24' });

link.onPacket = (packet) => {
  const ip = wire.parseIpv4(packet);
  if (ip instanceof wire.WireError) throw new Error(ip.message);
  const segment = wire.parseTcp(ip.payload);
  if (segment instanceof wire.WireError) throw new Error(segment.message);
  console.log(`${clock.now() / 1e6} s  ${wire.formatSegment(segment)}`);
};

// Nobody answers: the SYN is sent again after 1, 2, 4, … seconds.
const connection = stack.tcp.open({ remote: { address: '10.0.0.2', port: 80 } });
while (clock.now() < 10_000_000) clock.advanceTo(clock.nextDeadline() ?? Infinity);
console.log(connection.state, connection.status().timers);
connection.abort();
