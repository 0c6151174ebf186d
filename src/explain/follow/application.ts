import type { Told } from '../../inspect/application/told';
import type { Seen } from './seen';
import type { Side } from './side';

export type Protocol = 'HTTP' | 'WebSocket' | 'TLS';

export interface CloseFrame {
  readonly frame: number;
  readonly time: number;
  readonly side: 'client' | 'server';
  readonly code: number | undefined;
}

export interface BadAnswer {
  readonly frame: number;
  readonly time: number;
  readonly status: number;
  readonly line: string;
}

const MOST = 20;

/** What the programs at both ends were heard to speak. */
export class Application {
  readonly protocols = new Set<Protocol>();
  /** The first line of the first request. */
  request: { readonly frame: number; readonly line: string } | undefined;
  requests = 0;
  answers = 0;
  upgraded: { readonly frame: number; readonly protocol: string } | undefined;
  readonly closes: CloseFrame[] = [];
  readonly badAnswers: BadAnswer[] = [];
  readonly alerts: { readonly frame: number; readonly time: number; readonly side: 'client' | 'server' }[] = [];
  /** TLS had shaken hands before the first alert. */
  encrypted = false;
  greeted = false;
  /** Requests to which no answer has begun, and when the last one was asked. */
  openRequest: { readonly frame: number; readonly time: number } | undefined;

  hear(told: Told, { name: side }: Side, { frame, time }: Seen): void {
    for (const item of told.items) {
      switch (item.kind) {
        case 'request':
          this.protocols.add('HTTP');
          this.requests += 1;
          this.request ??= { frame, line: item.line };
          this.openRequest = { frame, time };
          break;
        case 'response':
          this.protocols.add('HTTP');
          if ((item.status ?? 0) >= 200 || item.status === 101) {
            this.answers += 1;
            this.openRequest = undefined;
          }
          if (item.upgrade !== undefined) this.upgraded = { frame, protocol: item.upgrade };
          if ((item.status ?? 0) >= 400 && this.badAnswers.length < MOST)
            this.badAnswers.push({ frame, time, status: item.status ?? 0, line: item.line });
          break;
        case 'frame':
          this.protocols.add('WebSocket');
          if (item.type === 'close' && this.closes.length < MOST)
            this.closes.push({ frame, time, side, code: item.code });
          break;
        case 'tls':
          this.protocols.add('TLS');
          if (item.names.includes('ServerHello')) this.greeted = true;
          if (item.names.includes('application data')) this.encrypted = true;
          if (item.names.includes('alert') && this.alerts.length < MOST) this.alerts.push({ frame, time, side });
          break;
        case 'more':
          break;
      }
    }
  }
}
