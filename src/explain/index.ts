/** Captures explained: packets in, what happened and what went wrong out. Pure: runs in Node and in browsers. */
export type { CapturedPacket, CaptureProblem } from './capture/packet';
export { CaptureReader } from './capture/reader';
export { Explainer, type ExplainerOptions } from './explainer';
export {
  worst,
  type Cause,
  type CauseId,
  type Finding,
  type FindingId,
  type Likelihood,
  type Severity,
} from './findings/finding';
export type { Flow } from './follow/flow';
export type { NumberedRow } from './follow/rows';
export type { CaptureSummary, ConversationReport, Report } from './report';
export { JSON_VERSION, toJson } from './json';
export { EXPLAIN_TEXTS, LADDER_TERMS, TERMS, tell, tellDamage, type ExplainTexts, type Term, type Told } from './lang';
export { renderText, worstFirst } from './text/render';
export type { TextOptions } from './text/page';
