import type { Flow } from '../follow/flow';
import { judgeApplication } from './application';
import { Case } from './case';
import { judgeEnding } from './ending';
import { byWeight, type Finding } from './finding';
import { judgeLoss } from './loss';
import { judgeOpening } from './opening';
import { judgeWaiting } from './waiting';

/**
 * What there is to find in one conversation, the worst first.
 * @param end when the capture ends, or ended for this conversation, µs
 */
export function judge(flow: Flow, end: number): Finding[] {
  const judged = new Case(flow, end);
  judgeOpening(judged);
  judgeLoss(judged);
  judgeApplication(judged);
  judgeEnding(judged);
  judgeWaiting(judged);
  return judged.findings.sort(byWeight);
}
