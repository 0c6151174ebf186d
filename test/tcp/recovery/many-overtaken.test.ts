import { expect, test } from '@jest/globals';
import { send } from '../../../src/tcp/calls/send';
import { timeout } from '../../../src/tcp/timeouts';
import { add } from '../../../src/tcp/sequence';
import type { Tcb } from '../../../src/tcp/tcb';
import { arrives, machine } from '../../support/machine';

const LENGTH = 200;
const SENT_AT = 100_000;
const STEP = 10;

/** So many small segments, one after the other, the last of which has overtaken all others. RACK is patient. */
function overtaken(count: number): Tcb {
  const { tcb } = machine();
  tcb.settings = { ...tcb.settings, noDelay: true };
  tcb.sackPermitted = true;
  tcb.settleDetection();
  tcb.rack.reorderingSeen = true;
  Object.assign(tcb.minRtt, { current: 40_000, value: 40_000 });
  tcb.rto.measure(40_000);
  tcb.congestion.cwnd = 65_535;
  for (let index = 0; index < count; index += 1) send(tcb, new Uint8Array(LENGTH), {}, SENT_AT + index * STEP);
  expect(tcb.inFlight.flying).toBe(count * LENGTH);
  const left = add(tcb.snd.una, (count - 1) * LENGTH);
  arrives(tcb, { sack: [{ left, right: add(left, LENGTH) }] }, 150_000);
  expect(tcb.delivery.lost).toBe(0);
  return tcb;
}

/** When the last of what was overtaken is due, given when that was sent. */
function due(tcb: Tcb, sentAt: number): number {
  const { srtt = 0 } = tcb.rto;
  return sentAt + Math.ceil(tcb.rack.rtt + Math.min(10_000, srtt));
}

test('RFC 8985 §6.2: the reordering timer is set for the last of a few that were overtaken', () => {
  const tcb = overtaken(20);
  expect(tcb.timers.get('reorder')).toBe(due(tcb, SENT_AT + 18 * STEP));
});

test('for many it is set for the latest that any can be due, and then all of them are lost', () => {
  const tcb = overtaken(200);
  const deadline = tcb.timers.get('reorder');
  expect(deadline).toBe(due(tcb, SENT_AT + 199 * STEP));
  timeout(tcb, 'reorder', deadline ?? 0);
  expect(tcb.delivery.lost).toBe(199 * LENGTH);
});
