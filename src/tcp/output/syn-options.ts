import { MAX_OPTIONS, tcpOptionsLength, type TcpOption } from '../../wire/tcp-options';

const NOP: TcpOption = { kind: 'nop' };

/** What a SYN or a SYN,ACK says beside its numbers. `undefined`: the option is not there. */
export interface SynOffer {
  readonly mss: number;
  readonly sackPermitted: boolean;
  readonly timestamps: { readonly value: number; readonly echo: number } | undefined;
  /** Rcv.Wind.Shift. */
  readonly windowScale: number | undefined;
  /** A Fast Open cookie; an empty one asks for one (RFC 7413 §4.1.1). */
  readonly cookie?: Uint8Array | undefined;
  readonly userTimeout?: TcpOption | undefined;
}

/** The options that only a SYN may carry (RFC 9293 MUST-65), those that do not go into 40 octets left out from the last one on. */
export function synOptions({
  mss,
  sackPermitted,
  timestamps,
  windowScale,
  cookie,
  userTimeout,
}: SynOffer): TcpOption[] {
  const options: TcpOption[] = [{ kind: 'mss', mss }];
  if (sackPermitted) options.push({ kind: 'sack-permitted' });
  if (timestamps !== undefined) {
    if (!sackPermitted) options.push(NOP, NOP);
    options.push({ kind: 'timestamps', ...timestamps });
  }
  if (windowScale !== undefined) options.push(NOP, { kind: 'window-scale', shift: windowScale });
  if (cookie !== undefined) pushIfItFits(options, { kind: 'fast-open', cookie });
  if (userTimeout !== undefined) pushIfItFits(options, userTimeout);
  return options;
}

function pushIfItFits(options: TcpOption[], option: TcpOption): void {
  if (tcpOptionsLength([...options, option]) <= MAX_OPTIONS) options.push(option);
}
