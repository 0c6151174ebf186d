import { openActive } from '../../src/tcp/calls/open';
import type { TcpHost } from '../../src/tcp/host';
import { DEFAULTS } from '../../src/tcp/options';
import { output } from '../../src/tcp/output';
import { segmentArrives } from '../../src/tcp/segment-arrives';
import { emptySegment, type OutgoingSegment, type Segment } from '../../src/tcp/segment';
import { Tcb } from '../../src/tcp/tcb';
import { FLAG } from '../../src/wire/tcp';

/** What the machine has asked of its surroundings. */
export class FakeHost implements TcpHost {
  readonly trace = undefined;
  readonly sent: OutgoingSegment[] = [];
  readonly calls: string[] = [];
  readonly pathMtu = 1500;
  readonly segmentation = 0;
  readonly ipOptionsLength = 0;

  count(name: string): void {
    this.calls.push(name);
  }
  transmit(segment: OutgoingSegment): void {
    // The machine uses its object again.
    this.sent.push({ ...segment });
  }
  lowerPathMtu(mtu: number): void {
    this.calls.push(`lower ${mtu}`);
  }
  raisePathMtu(size: number): void {
    this.calls.push(`raise ${size}`);
  }
  random32(): number {
    return 4;
  }
  notify(): void {
    this.calls.push('notify');
  }
  accept(): boolean {
    return true;
  }
  orphaned(): boolean {
    return true;
  }
  waits(): boolean {
    return true;
  }
  fastOpenAnswered(): void {
    this.calls.push('fast-open answered');
  }
  fastOpenLost(): void {
    this.calls.push('fast-open lost');
  }
  remove(): void {
    this.calls.push('remove');
  }
  advise(): void {
    this.calls.push('advise');
  }
  confirm(): void {
    this.calls.push('confirm');
  }
}

/** The machine alone, ESTABLISHED: for what no stack lets a test see, or what takes 4 GiB to come about. */
export function machine(): { tcb: Tcb; host: FakeHost } {
  const host = new FakeHost();
  const [local, remote] = ['10.9.0.2', '10.9.0.1'].map((address) => ({ address, port: 80 }));
  if (local === undefined || remote === undefined) throw new Error('there are two ends');
  const tcb = new Tcb(host, 1, local, remote, DEFAULTS, {
    how: 'active',
    iss: 1000,
    pathMss: 1460,
    linkMss: 1460,
    timestampOffset: 0,
    now: 0,
  });
  openActive(tcb, 0);
  arrives(tcb, { seq: 5000, ack: 1001, flags: FLAG.SYN | FLAG.ACK, mss: 1460 }, 0);
  host.sent.length = 0;
  host.calls.length = 0;
  return { tcb, host };
}

/** A segment arrives: an ACK without data from where we stand, unless told otherwise. */
export function arrives(tcb: Tcb, fields: Partial<Segment>, now: number): OutgoingSegment | undefined {
  const segment: Segment = {
    ...emptySegment(),
    seq: tcb.rcv.nxt,
    ack: tcb.snd.una,
    flags: FLAG.ACK,
    wnd: 65_535,
    ...fields,
  };
  const answer = segmentArrives(tcb, segment, now);
  output(tcb, now);
  return answer;
}
