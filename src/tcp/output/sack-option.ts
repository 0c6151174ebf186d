import type { SackBlock, TcpOption } from '../../wire/tcp-options';
import { add } from '../sequence';
import { NO_OPTIONS } from '../segment';
import type { Tcb } from '../tcb';

const NOP: TcpOption = { kind: 'nop' };
/** Two NOPs, kind and length. */
const OVERHEAD = 4;
const BLOCK = 8;
/** What 40 octets of options hold, beside timestamps and without (RFC 2018 §3). */
const BLOCKS_BESIDE_TIMESTAMPS = 3;
const BLOCKS = 4;

/** How many octets of options the next segment's SACK blocks take. */
export function sackLength(tcb: Tcb): number {
  const count = blockCount(tcb);
  return count === 0 ? 0 : OVERHEAD + BLOCK * count;
}

/** What has arrived ahead of its turn, the latest first, and before that a duplicate (RFC 2018 §4, RFC 2883 §4). */
export function sackOptions(tcb: Tcb): readonly TcpOption[] {
  const count = blockCount(tcb);
  if (count === 0) return NO_OPTIONS;
  const { rcv } = tcb;
  const blocks: SackBlock[] = [];
  if (rcv.duplicateLeft !== rcv.duplicateRight) blocks.push({ left: rcv.duplicateLeft, right: rcv.duplicateRight });
  if (count > blocks.length) {
    for (const { start, end } of tcb.reassembly.report(count - blocks.length)) {
      blocks.push({ left: add(rcv.nxt, start - rcv.offset), right: add(rcv.nxt, end - rcv.offset) });
    }
  }
  return [NOP, NOP, { kind: 'sack', blocks }];
}

function blockCount({ sackPermitted, snd, rcv, reassembly, timestamps }: Tcb): number {
  if (!sackPermitted) return 0;
  const wanted = reassembly.size + (rcv.duplicateLeft === rcv.duplicateRight ? 0 : 1);
  if (wanted === 0) return 0;
  // On a path of very small packets fewer fit, with an octet of data behind them: beyond its MTU nothing arrives at all.
  const most = Math.max(0, Math.floor((snd.mss - OVERHEAD - 1) / BLOCK));
  return Math.min(wanted, most, timestamps.on ? BLOCKS_BESIDE_TIMESTAMPS : BLOCKS);
}
