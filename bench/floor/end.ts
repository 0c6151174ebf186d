import { TapLink } from '../../src';
import { LARGEST_SEGMENT } from '../../src/link/finish';
import { emitEthernet, ETHERNET_HEADER, ETHERTYPE } from '../../src/wire/ethernet';
import { emitIpv4, IPV4_HEADER, PROTOCOL } from '../../src/wire/ipv4';
import { emitTcp, FLAG, TCP_CHECKSUM, TCP_HEADER } from '../../src/wire/tcp';
import { writeUint32 } from '../../src/wire/bytes';

/** What an end has done while the receiver's clock ran. `cpu`: ms. */
export interface Report {
  readonly bytes: number;
  readonly frames: number;
  readonly cpu: number;
}

const SEGMENT = 1448;
const PAYLOAD = LARGEST_SEGMENT - (LARGEST_SEGMENT % SEGMENT);
const HEADERS = ETHERNET_HEADER + IPV4_HEADER + TCP_HEADER;
const BURST = 16;

const [name = '', offload] = process.argv.slice(2);
const link = TapLink.open(name, { offload: offload === 'software' ? 'software' : 'kernel' });
let bytes = 0;
let frames = 0;

/** Headers of a segment of 64 KiB from nobody to nobody: a bridge passes it on whole, and no TCP sees it. */
function headers(): Uint8Array {
  const tcp = emitTcp({
    srcPort: 1,
    dstPort: 2,
    seq: 1,
    ack: 1,
    flags: FLAG.ACK,
    window: 1000,
    urgent: 0,
    options: [],
    payload: new Uint8Array(PAYLOAD),
  });
  const packet = emitIpv4({
    dscp: 0,
    ecn: 0,
    identification: 0,
    dontFragment: true,
    moreFragments: false,
    fragmentOffset: 0,
    ttl: 64,
    protocol: PROTOCOL.TCP,
    src: '10.9.0.1',
    dst: '10.9.0.2',
    options: new Uint8Array(0),
    payload: tcp,
  });
  const dst = '02:00:5e:00:00:02';
  const src = '02:00:5e:00:00:01';
  return emitEthernet({ dst, src, type: ETHERTYPE.IPV4, tags: [], payload: packet }).slice(0, HEADERS);
}

function send(): void {
  const header = headers();
  const data = new Uint8Array(PAYLOAD);
  const work = {
    segmentSize: SEGMENT,
    checksumStart: ETHERNET_HEADER + IPV4_HEADER,
    checksumOffset: TCP_CHECKSUM,
  };
  let seq = 1;
  const burst = (): void => {
    for (let index = 0; index < BURST; index++) {
      writeUint32(header, ETHERNET_HEADER + IPV4_HEADER + 4, seq);
      seq = (seq + PAYLOAD) >>> 0;
      if (!link.send([header, data], work)) break;
      bytes += PAYLOAD;
      frames++;
    }
    link.flush();
    setImmediate(burst);
  };
  burst();
}

link.onReceive = (batch) => {
  for (const frame of batch) bytes += frame.length - HEADERS;
  frames += batch.length;
};

process.on('message', ({ time }: { time: number }) => {
  if (name === 'sending') send();
  const cpu = process.cpuUsage();
  bytes = frames = 0;
  setTimeout(() => {
    const { user, system } = process.cpuUsage(cpu);
    const report: Report = { bytes, frames, cpu: (user + system) / 1000 };
    process.send?.(report);
  }, time);
});
process.send?.('ready');
