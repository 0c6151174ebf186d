/**
 * Everything that synack says to a person about segments, in one language. A new language is one more file of this
 * shape, and its name in `index.ts`.
 *
 * Two voices: what a segment says to the other end is direct speech ("can you hear me?"). What synack remarks about it
 * stands in round brackets, and lines that are no segment are plain sentences. Numbers come as they are; each language
 * writes them its own way.
 */
export interface Words {
  // --- What segments say: the handshake

  /** SYN. */
  readonly canYouHearMe: string;
  /** SYN,ACK. */
  readonly iHearYouDoYouHearMe: string;
  /** The ACK that ends the handshake. */
  readonly iHearYou: string;
  /** After one of the above, when it is sent again. */
  readonly iAskAgain: string;

  // --- Data

  /** Data as text, in quotation marks already, or `undefined` when it is not text. */
  readonly hereAre: (bytes: number, text: string | undefined) => string;
  /** Before data that acknowledges something as well. */
  readonly gotIt: string;
  readonly gotItUpTo: (number: number) => string;
  /** A duplicate ACK. */
  readonly stillWaitFor: (number: number) => string;
  /** After it, with SACK: what is there already, e.g. `1461–2921`. */
  readonly butIHave: (ranges: string) => string;
  /** Data or a FIN sent again. */
  readonly iSayItAgain: string;
  /** Sent again at once, because duplicate ACKs asked for it. */
  readonly youMissedThis: string;
  /** The last of what was sent, again, to find out whether it has arrived (a tail loss probe). */
  readonly didYouHearTheLast: string;
  /** Sent again because the path carries less than was thought. */
  readonly inSmallerPieces: string;
  /** Sent again because the other end had no room for it before. */
  readonly nowThereIsRoom: string;

  // --- What programs say over TCP: HTTP, WebSocket, TLS

  /** A request of HTTP, by its first line; `upgrade` is the protocol that it asks to go on in. */
  readonly requests: (line: string, upgrade: string | undefined) => string;
  /** A response, by its first line and status; `upgrade` is the protocol that it agrees to. */
  readonly responds: (line: string, status: number, upgrade: string | undefined) => string;
  /** A frame with data. `text` is its text in quotation marks, where it is any. */
  readonly frame: (type: DataFrame, bytes: number, text: string | undefined) => string;
  /** Remarks on it: compressed, and that the message goes on in another frame. */
  readonly compressed: string;
  readonly goesOn: string;
  readonly pings: string;
  readonly pongs: string;
  /** The first close frame, and the one that answers it; with the code, if it has one, and the reason in quotation marks. */
  readonly closes: (code: number | undefined, reason: string | undefined) => string;
  readonly closesToo: (code: number | undefined, reason: string | undefined) => string;
  /** More of a frame that was told already. */
  readonly moreOfFrame: (bytes: number) => string;
  /** Records of TLS, by their names. */
  readonly tls: (names: readonly string[]) => string;
  /** So many other frames in the same segment. */
  readonly othersInIt: (count: number) => string;

  // --- Windows and probes

  readonly stopIAmFull: string;
  readonly stillFull: string;
  readonly goOn: (bytes: number) => string;
  readonly mayIGoOn: string;
  readonly stillThere: string;
  readonly yesIAmHere: string;
  /** A challenge ACK (RFC 5961). */
  readonly isThatYou: string;

  // --- Closing

  readonly iHaveSentEverything: string;
  /** The same, after data in the same segment. */
  readonly thatWasEverything: string;
  readonly oneMoment: string;
  readonly iHangUpToo: string;
  /** The ACK of the first FIN and the second FIN in one segment. */
  readonly allRightIHangUpToo: string;
  readonly allRight: string;

  // --- RST

  readonly nobodyListens: (port: number) => string;
  readonly noSuchConnection: string;
  readonly iDropEverything: string;

  // --- What synack remarks about a segment

  /** The URG bit. */
  readonly urgent: string;
  readonly bothAtOnce: string;
  readonly heardAlready: string;
  readonly tooEarly: (missing: number) => string;
  readonly wasMissing: string;

  // --- Below TCP

  readonly whoHas: (address: string) => string;
  readonly iHave: (mac: string) => string;
  /** An announcement: nobody is asked. */
  readonly iAm: (address: string) => string;
  readonly ping: (sequence: number) => string;
  readonly pong: (sequence: number) => string;
  /** About an address, and for how many seconds where that is said. */
  readonly dhcp: (said: DhcpSaid, address: string, seconds: number | undefined) => string;
  /** About a multicast group, and the addresses of senders where some are named. */
  readonly groups: (said: GroupSaid, group: string, sources: string) => string;
  /** More groups than were named. */
  readonly moreGroups: (groups: number) => string;
  readonly cannotReach: (what: Unreachable) => string;
  readonly tookTooLong: string;
  readonly badHeader: string;
  readonly datagram: (bytes: number) => string;
  readonly nobodyAnswers: (address: string) => string;
  readonly addressConflict: (address: string, mac: string) => string;

  // --- Lines of the ladder that are no segment

  readonly legendStates: (local: string) => string;
  readonly legendNumbers: string;
  /** A port at every address. */
  readonly port: (port: number) => string;
  /** A port was opened for calls. */
  readonly listens: (local: string, endpoint: string) => string;
  readonly listensNoMore: (local: string, endpoint: string) => string;
  /** Our end is in TIME-WAIT; `why` only the first time. */
  readonly waitsTwoMsl: (local: string, time: string, why: boolean) => string;
  readonly waitIsOver: (time: string) => string;
  /** For us it is over, and the other end waits in TIME-WAIT. */
  readonly otherWaits: string;
  /** CLOSED without a segment: the tries are used up, or for another reason. */
  readonly givesUp: string;
  readonly endsSilently: string;
  /** Nothing happened for so long. */
  readonly later: (time: string) => string;
  readonly dropped: string;
  /** What a drop's reason means, by its fixed word; one that is not here is told in the stack's own words. */
  readonly dropReasons: Readonly<Record<string, string>>;
  /** Ordinary segments that are not shown one by one. */
  readonly more: (segments: number, bytes: number) => string;
  readonly ofThemAgain: (segments: number) => string;

  readonly seconds: (seconds: number) => string;
  readonly milliseconds: (milliseconds: number) => string;
}

/** What could not be reached (ICMP destination unreachable). */
/** What a host without an address and a server that has some say to each other. */
export type DhcpSaid = 'discover' | 'offer' | 'request' | 'renew' | 'ack' | 'nak' | 'decline' | 'release' | 'other';

export type Unreachable = 'network' | 'host' | 'protocol' | 'port' | 'fragmentation' | 'other';

/** What multicast routers ask (`ask-all`: about all groups), and what hosts answer. */
export type GroupSaid = 'ask-all' | 'ask' | 'want' | 'want-from' | 'want-except' | 'want-also' | 'leave' | 'leave-from';

/** Frames of WebSocket with data in them. */
export type DataFrame = 'text' | 'binary' | 'continuation';
