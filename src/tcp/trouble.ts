/** How often what should not happen did on a connection. Sizes in bytes, times in µs. */
export class Trouble {
  bytesRetransmitted = 0;
  retransmissions = 0;
  /** Recoveries that were for nothing. */
  spurious = 0;
  dsacksIn = 0;
  outOfOrder = 0;
  /** How many times the peer's window was closed, and for how long in all. */
  zeroWindows = 0;
  zeroWindowTime = 0;
}

/** Of all connections on which all went well. Nobody writes to it. */
export const NO_TROUBLE: Readonly<Trouble> = Object.freeze(new Trouble());
