import type { DhcpMessage } from '../../wire/dhcp';
import type { DhcpState } from './state';

/** A DHCP message that came in or went out on `link`, and the client's state at that time. */
export interface DhcpEvent {
  readonly type: 'dhcp';
  readonly time: number;
  readonly direction: 'in' | 'out';
  readonly link: string;
  readonly src: string;
  readonly dst: string;
  readonly message: DhcpMessage;
  readonly state: DhcpState;
}

/** The DHCP client of `link` went from one state to another. */
export interface DhcpStateEvent {
  readonly type: 'dhcp-state';
  readonly time: number;
  readonly link: string;
  readonly from: DhcpState;
  readonly to: DhcpState;
  /** Why, in words. */
  readonly event: string;
  /** What the interface has now. */
  readonly address: string | undefined;
}
