import type { Clock } from '../../src/clock/clock';
import { Random } from '../../src/random';
import type { Connection } from '../../src/tcp/user';

/** Random bytes, of which each transfer takes a stretch. */
const POOL = randomBytes(1 << 21, 1);

/** A stretch of random bytes: nobody writes to them. One that is longer than the pool repeats it. */
export function someBytes(random: Random, length: number): Uint8Array {
  if (length >= POOL.length) {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; at += POOL.length) bytes.set(POOL.subarray(0, length - at), at);
    return bytes;
  }
  const start = random.below(POOL.length - length);
  return POOL.subarray(start, start + length);
}

/** What one user does with a connection. Times in µs. */
export interface Habits {
  /** The most bytes given to one SEND, and the pause after it. */
  readonly write: { readonly size: number; readonly pause: number };
  /** The most bytes taken by one RECEIVE, and the pause before it. */
  readonly read: { readonly size: number; readonly pause: number };
  /** Says that it has no more to send: when all is sent; then, but not before the peer has; or it waits for `hangUp`. */
  readonly shutdown: 'when-sent' | 'when-peer-has' | 'later';
}

/** The program at one end: sends its bytes, reads the other's, compares each of them with what was sent, and closes. */
export class User {
  sent = 0;
  received = 0;
  /** The peer has said that it has no more. */
  heardEnd = false;
  /** How the connection ended. */
  ended: 'closed' | 'aborted' | undefined;
  private hungUp = false;
  private readTimer = false;
  private writeTimer = false;

  constructor(
    private readonly clock: Clock,
    readonly connection: Connection,
    private readonly habits: Habits,
    private readonly out: Uint8Array,
    private readonly expected: Uint8Array,
  ) {
    connection.on('connect', () => {
      this.write();
    });
    connection.on('writable', () => {
      this.write();
    });
    connection.on('readable', () => {
      this.read();
    });
    connection.on('error', (code) => {
      throw new Error(`${this.describe()} failed: ${code}`);
    });
    connection.on('closed', (how) => {
      this.ended = how;
    });
    this.write();
    this.read();
  }

  /** It has a connection, everything was sent, and everything that the peer has to say was received. */
  get hasAll(): boolean {
    return (
      this.connection.state !== 'SYN-SENT' && this.sent === this.out.length && this.received === this.expected.length
    );
  }

  /** The connection has ended by two FINs, and all that the peer said was read. */
  get isDone(): boolean {
    return this.ended === 'closed' && (this.heardEnd || this.hungUp);
  }

  /** Closes both directions. */
  hangUp(): void {
    this.hungUp = true;
    this.connection.close();
  }

  describe(): string {
    const { state, local, remote } = this.connection;
    const { sent, received, out, expected, ended } = this;
    const progress = `sent ${sent} of ${out.length}, received ${received} of ${expected.length}`;
    return `${local.address}:${local.port} → ${remote.address}:${remote.port} in ${state} (${progress}, ${ended}, ${JSON.stringify(this.habits)})`;
  }

  private write(): void {
    const { size, pause } = this.habits.write;
    while (!this.writeTimer && this.sent < this.out.length) {
      const taken = this.connection.send(this.out.subarray(this.sent, Math.min(this.sent + size, this.out.length)));
      if (taken === 'EAGAIN') return;
      if (typeof taken !== 'number' || taken < 1) throw new Error(`${this.describe()}: SEND said ${taken}`);
      this.sent += taken;
      if (pause > 0) {
        this.writeTimer = true;
        this.after(pause, () => {
          this.writeTimer = false;
          this.write();
        });
      }
    }
    this.shutdown();
  }

  private shutdown(): void {
    const { shutdown } = this.habits;
    // CLOSE in SYN-SENT would delete the connection (RFC 9293 §3.10.4).
    if (this.connection.state === 'SYN-SENT' || this.sent < this.out.length) return;
    if (shutdown === 'when-sent' || (shutdown === 'when-peer-has' && this.heardEnd)) this.connection.shutdown();
  }

  private read(): void {
    const { size, pause } = this.habits.read;
    if (pause === 0) {
      while (this.readOnce(size));
    } else if (!this.readTimer && !this.heardEnd && this.connection.readable) {
      this.readTimer = true;
      this.after(pause, () => {
        this.readTimer = false;
        if (this.readOnce(size)) this.read();
      });
    }
  }

  private readOnce(size: number): boolean {
    if (this.heardEnd || this.hungUp) return false;
    const data = this.connection.receive(size);
    if (data === 'EAGAIN') return false;
    if (data === 'EOF') {
      this.heardEnd = true;
      if (this.received !== this.expected.length) throw new Error(`${this.describe()}: the end came too early`);
      this.shutdown();
      return false;
    }
    if (typeof data === 'string') throw new Error(`${this.describe()}: RECEIVE said ${data}`);
    const end = this.received + data.length;
    if (
      data.length < 1 ||
      data.length > size ||
      Buffer.compare(data, this.expected.subarray(this.received, end)) !== 0
    ) {
      throw new Error(`${this.describe()}: received ${data.length} wrong bytes`);
    }
    this.received = end;
    return true;
  }

  private after(pause: number, work: () => void): void {
    this.clock.schedule(this.clock.now() + pause, work);
  }
}

export function randomBytes(length: number, seed: number): Uint8Array {
  const random = new Random(seed);
  return Uint8Array.from({ length }, () => random.below(256));
}
