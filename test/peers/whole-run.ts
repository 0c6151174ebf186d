import { expect } from 'expect';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Stack } from '../../src';
import { capture } from '../../src/link/capture';
import type { AttachOptions, Lab } from '../support/lab';
import { dissectFile, type Fields } from '../support/lab-capture';
import type { Program } from '../support/lab-program';
import { until } from '../support/lab-until';

const ERROR_STATUS = ['ip', 'icmp', 'icmpv6'].map((layer) => `${layer}.checksum.status`);
const STATUS = [...ERROR_STATUS, 'tcp.checksum.status', 'udp.checksum.status'];
const NAMES = [
  'ip.src',
  'ipv6.src',
  'tcp.srcport',
  'tcp.flags.reset',
  'tcp.flags.fin',
  'tcp.stream',
  'tcp.len',
  'icmp.type',
  'icmpv6.type',
  ...STATUS,
  '_ws.malformed',
  '_ws.short',
] as const;

/** What a capture says. */
export interface Seen {
  readonly packets: readonly Fields<string>[];
  /** Who has reset: `10.9.0.2:4001`, each once; without RSTs that follow from a FIN sent again. */
  readonly resets: readonly string[];
}

/** What several tests of a lab, one behind the other, put on the wire: by tcpdump at the kernel's end, and by synack's own capture. */
export class WholeRun {
  private tcpdump: Program | undefined;
  private readonly blocks: Uint8Array[] = [];
  private folder = '';

  /** A stack in the lab, which is captured. What comes and goes is as on a wire: nobody cuts segments or fills checksums in for it. */
  async attach(lab: Lab, options: AttachOptions = {}): Promise<Stack> {
    if (this.tcpdump === undefined) {
      this.folder = mkdtempSync(join(tmpdir(), 'synack-run-'));
      // Without --immediate-mode, with which each packet takes the largest one's room in the buffer.
      const args = ['-i', lab.tap, '-U', '-B', '65536', '-Z', 'root', '-w', this.theirs];
      this.tcpdump = lab.launch('tcpdump', ...args);
      await this.tcpdump.complains('listening on');
    }
    const through: AttachOptions['through'] = (link, clock) =>
      capture(link, (bytes) => this.blocks.push(Uint8Array.from(bytes)), { clock });
    return lab.attach({ offload: 'none', through, ...options });
  }

  /**
   * Ends it. Fails where tshark finds a packet malformed or cut off, or a checksum of ours bad.
   * @param last what is in the last packet
   */
  async end(lab: Lab, last: string): Promise<{ readonly theirs: Seen; readonly own: Seen }> {
    await until(
      () => `the last packet from ${this.tcpdump?.describe() ?? 'no tcpdump'}`,
      () => readFileSync(this.theirs).includes(last),
    );
    this.tcpdump?.signal('SIGINT');
    expect(await this.tcpdump?.ended).toBe(0);
    expect(this.tcpdump?.stderr).toContain('\n0 packets dropped by kernel');
    const own = join(this.folder, 'synack.pcapng');
    writeFileSync(own, Buffer.concat(this.blocks));
    const seen = { theirs: await this.look(lab, this.theirs), own: await this.look(lab, own) };
    rmSync(this.folder, { recursive: true });
    return seen;
  }

  private get theirs(): string {
    return join(this.folder, 'tcpdump.pcap');
  }

  private async look(lab: Lab, file: string): Promise<Seen> {
    const packets = await dissectFile(file, NAMES);
    const ours = [lab.address, lab.address6];
    expect(packets.filter((each) => each['_ws.malformed'] !== '' || each['_ws.short'] !== '')).toEqual([]);
    // The kernel leaves checksums to a device, which on this cable is nobody; so they are in what we quote of its packets.
    const bad = packets.filter((each) => {
      const status = isError(each) ? ERROR_STATUS : STATUS;
      return ours.includes(senderOf(each)) && status.some((name) => first(each[name]) === '0');
    });
    expect(bad).toEqual([]);
    const finsOf = (sender: string, stream = ''): number =>
      packets.filter(
        (each) => isSet(each['tcp.flags.fin']) && each['tcp.stream'] === stream && senderOf(each) === sender,
      ).length;
    // Where the timer was before the ACK, as on a busy machine, the peer acknowledges the FIN twice, and after the first ACK
    // there is no connection any more: the second is reset (RFC 9293 §3.10.7.1), by Linux, too.
    const resets = packets.filter(
      (each) => isSet(each['tcp.flags.reset']) && !isError(each) && finsOf(senderOf(each), each['tcp.stream']) < 2,
    );
    return { packets, resets: [...new Set(resets.map((each) => `${senderOf(each)}:${each['tcp.srcport']}`))] };
  }
}

function senderOf(packet: Fields<string>): string {
  return first(packet['ip.src']) || first(packet['ipv6.src']);
}

/** An ICMP error has fields of what it quotes, too. */
function isError(packet: Fields<string>): boolean {
  return packet['icmp.type'] !== '' || packet['icmpv6.type'] !== '';
}

function isSet(flag = ''): boolean {
  return /1|True/.test(flag);
}

function first(values = ''): string {
  return values.split(',')[0] ?? '';
}
