/**
 * The states of RFC 2131 §4.4, figure 5. REBOOTING comes behind INIT-REBOOT; besides, CHECKING: the lease is ours, and the wire is asked
 * whether somebody has its address; STOPPED: given back, or never begun.
 */
export type DhcpState =
  | 'INIT'
  | 'SELECTING'
  | 'REQUESTING'
  | 'CHECKING'
  | 'BOUND'
  | 'RENEWING'
  | 'REBINDING'
  | 'INIT-REBOOT'
  | 'REBOOTING'
  | 'STOPPED';
