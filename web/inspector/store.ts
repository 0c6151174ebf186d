import { signal } from '@preact/signals';
import { formatAddress, parseAddress, type Address } from './address';
import { Live, type Request, type Socket, type SocketEvents, type Standing } from './live';
import { Session } from './session';

/** How often what counts by itself (ages, remaining times) is drawn anew, ms. */
const TICK = 500;

/** What the page has: the session, the line to synack, and the address. Components that read `session` are drawn anew with each frame. */
export class Store {
  private readonly recorded = new Session(() => performance.now() * 1000);
  /** Changes at most once a frame, and not while nobody sees the page. */
  private readonly frame = signal({ session: this.recorded });
  readonly standing = signal<Standing>('connecting');
  readonly address = signal<Address>(parseAddress(location.hash));
  private readonly live: Live;
  private scheduled = false;
  private watched: number | null = null;

  constructor() {
    this.live = new Live({
      open: openSocket,
      isRefused,
      onMessage: (message) => {
        this.recorded.take(message);
        this.draw();
      },
      onStanding: (standing) => {
        this.standing.value = standing;
        this.watched = null;
        this.draw();
      },
      after: (ms, act) => {
        setTimeout(act, ms);
      },
    });
    addEventListener('hashchange', () => {
      this.address.value = parseAddress(location.hash);
    });
    setInterval(() => {
      if (this.standing.value === 'open' && !this.recorded.paused) this.draw();
    }, TICK);
  }

  /** What a component reads of it is read anew with each frame: without the signal it would be taken for unchanged. */
  get session(): Session {
    return this.frame.value.session;
  }

  /** Messages that made no sense, since the start. */
  get nonsense(): number {
    return this.live.nonsense + this.recorded.nonsense;
  }

  /** Draws in the next frame. A hidden page has none until it is seen again. */
  draw(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    requestAnimationFrame(() => {
      this.scheduled = false;
      this.frame.value = { session: this.recorded };
    });
  }

  /** Another address: what is given is changed. A new connection or page makes an entry in the browser's history. */
  go(change: Partial<Address>): void {
    const next = { ...this.address.value, ...change };
    const leaves = next.connection !== this.address.value.connection || next.page !== this.address.value.page;
    const url = `${location.pathname}${location.search}${formatAddress(next)}`;
    if (leaves) history.pushState(null, '', url);
    else history.replaceState(null, '', url);
    this.address.value = next;
  }

  /** The wall clock's time, ms since 1970, at a time of the stack's, µs. */
  readonly wall = (time: number): number => this.recorded.wall(time);

  pause(on: boolean): void {
    this.recorded.pause(on);
    this.draw();
  }

  clear(): void {
    this.recorded.clear();
    this.draw();
  }

  request(message: Request): Promise<void> {
    return this.live.request(message);
  }

  /** Tells the server which connection is looked at, when that has changed. */
  watch(connection: number | null): void {
    if (connection === this.watched || this.standing.value !== 'open') return;
    this.watched = connection;
    this.request({ type: 'watch', connection }).catch(() => {
      // It only matters where there is too much to tell.
    });
  }
}

/** True when the server is there and says that it does not know this page's token. */
async function isRefused(): Promise<boolean> {
  try {
    const { status } = await fetch(`${location.pathname}${location.search}`, { method: 'HEAD', cache: 'no-store' });
    return status === 401 || status === 403;
  } catch {
    return false;
  }
}

/** The server's WebSocket, under the page's own address and with its token. */
function openSocket({ message, closed }: SocketEvents): Socket {
  const url = new URL('live', location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  url.search = location.search;
  url.hash = '';
  const socket = new WebSocket(url);
  socket.onmessage = ({ data }) => {
    message(data);
  };
  socket.onclose = closed;
  return socket;
}
