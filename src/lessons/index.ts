import { fourWayClose } from './closing/four-way-close';
import { halfClose } from './closing/half-close';
import { halfOpen } from './closing/half-open';
import { reset } from './closing/reset';
import { simultaneousClose } from './closing/simultaneous-close';
import { timeWait } from './closing/time-wait';
import { congestionControl } from './congestion/congestion-control';
import { ecn } from './congestion/ecn';
import { slowStart } from './congestion/slow-start';
import type { Lesson } from './engine';
import { nagle } from './flow/nagle';
import { sillyWindow } from './flow/silly-window';
import { slidingWindow } from './flow/sliding-window';
import { zeroWindow } from './flow/zero-window';
import { fastRetransmit } from './losses/fast-retransmit';
import { lostAck } from './losses/lost-ack';
import { lostFin } from './losses/lost-fin';
import { lostLastAck } from './losses/lost-last-ack';
import { lostSyn } from './losses/lost-syn';
import { lostSynAck } from './losses/lost-syn-ack';
import { retransmission } from './losses/retransmission';
import { fastOpen } from './opening/fast-open';
import { isn } from './opening/isn';
import { simultaneousOpen } from './opening/simultaneous-open';
import { threeWayHandshake } from './opening/three-way-handshake';
import { whyThree } from './opening/why-three';
import { blackHole } from './trouble/black-hole';
import { synFlood } from './trouble/syn-flood';
import { webSocket } from './websocket/websocket';
import { webSocketProxy } from './websocket/websocket-proxy';
import { webSocketTls } from './websocket/websocket-tls';

export * from './engine';

/** All lessons, in the order in which they are best read. */
export const LESSONS: readonly Lesson[] = [
  threeWayHandshake,
  whyThree,
  isn,
  simultaneousOpen,
  fastOpen,
  fourWayClose,
  halfClose,
  simultaneousClose,
  timeWait,
  reset,
  halfOpen,
  lostSyn,
  lostSynAck,
  lostAck,
  lostFin,
  lostLastAck,
  retransmission,
  fastRetransmit,
  slidingWindow,
  zeroWindow,
  sillyWindow,
  nagle,
  slowStart,
  congestionControl,
  ecn,
  synFlood,
  blackHole,
  webSocket,
  webSocketTls,
  webSocketProxy,
];
