/** What a person sees, made from the trace stream alone: events in, text out. */
export { Conversation, type Purpose, type Reading } from './conversation';
export { displayWidth, wrap } from './display-width';
export { isLang, LANGUAGES, langOfLocale, type Lang, type Words } from './lang';
export { Ladder, type LadderOptions } from './ladder';
export { Log, type LogOptions } from './log';
export { narrate, type Style } from './narration';
export * from './record';
export { observePeer, UNKNOWN_PEER, type Peer } from './peer-state';
