import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** A small server of the early RFCs. */
export interface Service {
  /** The well-known port. */
  readonly port: number;
  readonly rfc: string;
  readonly description: string;
  /** Serves one connection, which may be half open; settles when both directions are closed, or broken. */
  serve(socket: Socket): Promise<void>;
}

/** Everything comes back as it was sent, until the client has sent everything. */
export const echo: Service = {
  port: 7,
  rfc: 'RFC 862',
  description: 'sends back what it gets',
  serve: (socket) => pipeline(socket, socket),
};

/** Everything is thrown away. */
export const discard: Service = {
  port: 9,
  rfc: 'RFC 863',
  description: 'throws away what it gets',
  serve: (socket) =>
    new Promise((resolve, reject) => {
      socket.on('error', reject).on('close', resolve);
      socket.on('end', () => socket.end()).resume();
    }),
};

/** Characters without end, until the client hangs up. */
export const chargen: Service = {
  port: 19,
  rfc: 'RFC 864',
  description: 'sends characters without end',
  serve: async (socket) => {
    const characters = new Readable({
      read() {
        this.push(PATTERN);
      },
    });
    socket.on('end', () => characters.push(null)).resume();
    await pipeline(characters, socket);
  },
};

/** The time of day, as a line of text. */
export const daytime: Service = {
  port: 13,
  rfc: 'RFC 867',
  description: 'says what time it is, and hangs up',
  serve: (socket) =>
    new Promise((resolve, reject) => {
      socket.on('error', reject).on('close', resolve).resume();
      socket.end(`${timeOfDay(new Date())}\r\n`);
    }),
};

export const SERVICES = { echo, discard, chargen, daytime } as const;
export type ServiceName = keyof typeof SERVICES;

/** RFC 864's popular pattern: lines of 72 printable characters, each beginning one further on. It repeats after 95 lines. */
const PATTERN = ((): Buffer => {
  const ring = Array.from({ length: 95 }, (_, i) => String.fromCharCode(0x20 + i)).join('');
  const lines = Array.from({ length: 95 }, (_, i) => `${(ring + ring).slice(i, i + 72)}\r\n`);
  return Buffer.from(lines.join(''), 'latin1');
})();

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

/** `Tuesday, February 22, 1982 17:37:43-UTC`, the first syntax that RFC 867 suggests. */
export function timeOfDay(time: Date): string {
  const date = `${MONTHS[time.getUTCMonth()] ?? ''} ${time.getUTCDate()}, ${time.getUTCFullYear()}`;
  return `${DAYS[time.getUTCDay()] ?? ''}, ${date} ${time.toISOString().slice(11, 19)}-UTC`;
}
