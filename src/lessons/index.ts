import { fourWayClose } from './closing/four-way-close';
import type { Lesson } from './engine';
import { lostSyn } from './losses/lost-syn';
import { threeWayHandshake } from './opening/three-way-handshake';

export * from './engine';

/** All lessons, in the order in which they are best read. */
export const LESSONS: readonly Lesson[] = [threeWayHandshake, lostSyn, fourWayClose];
