import { expect } from 'expect';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { buffer, text } from 'node:stream/consumers';
import type { Lab } from '../support/lab';
import type { Program } from '../support/lab-program';
import { labSuite, type DeclareTest } from '../support/lab-suite';

/** A program that carries its standard input to a TCP connection, and the connection to its standard output. */
export interface Netcat {
  readonly program: string;
  /** Arguments to call. At the end of its standard input it shuts down, at the peer's end it closes. */
  readonly call: (address: string, port: number) => string[];
  /** Arguments to wait for one call. */
  readonly listen: (address: string, port: number) => string[];
  /** It sends what comes from standard input although the peer has shut down. */
  readonly goesOnAfterEnd: boolean;
}

const PORT = 4000;
const MB = 1_000_000;

/** The program and a stack, and a connection between them. */
interface Meeting {
  readonly netcat: Program;
  readonly socket: Socket;
}

export function netcatSuite(file: string, netcat: Netcat, more?: (test: DeclareTest) => void): void {
  const { program, call, listen } = netcat;

  async function called(lab: Lab): Promise<Meeting> {
    const server = lab.attach().net.createServer({ allowHalfOpen: true }).listen(PORT);
    const netcat = lab.start(program, ...call(lab.address, PORT));
    const [socket] = (await once(server, 'connection')) as [Socket];
    return { netcat, socket };
  }

  async function calling(lab: Lab): Promise<Meeting> {
    const stack = lab.attach();
    const netcat = lab.start(program, ...listen(lab.kernel, PORT));
    await lab.kernelSocket(PORT, 'LISTEN');
    const socket = stack.net.connect({ host: lab.kernel, port: PORT, allowHalfOpen: true });
    await once(socket, 'connect');
    return { netcat, socket };
  }

  labSuite(file, program, [program, 'ss'], (test) => {
    conversations('as client', called, test);
    conversations('as server', calling, test);

    more?.(test);
  });
}

function conversations(role: string, meet: (lab: Lab) => Promise<Meeting>, test: DeclareTest): void {
  test(`${role}: lines are echoed`, async (lab) => {
    const { netcat, socket } = await meet(lab);
    socket.pipe(socket);
    for (const line of ['hello\n', 'I can hear you\n', '안녕\n']) {
      netcat.stdin.write(line);
      await netcat.says(line);
    }
    netcat.stdin.end();
    expect(await netcat.ended).toBe(0);
    expect(netcat.output.toString()).toBe('hello\nI can hear you\n안녕\n');
  });

  test(`${role}: 50 MB each way at once`, async (lab) => {
    const { netcat, socket } = await meet(lab);
    const ours = randomBytes(50 * MB);
    const theirs = randomBytes(50 * MB);
    const t0 = Date.now();
    socket.on('close', () => console.log('closed', Date.now() - t0));
    socket.on('end', () => console.log('end', Date.now() - t0));
    socket.end(ours);
    netcat.stdin.end(theirs);
    const received = await buffer(socket);
    const code = await netcat.ended;
    console.log(netcat.stderr.slice(-3000)); console.log({ role, received: received.length, code, out: netcat.output.length, ms: Date.now() - t0, h: lab.history });
    expect(sha256(received)).toBe(sha256(theirs));
    expect(sha256(netcat.output)).toBe(sha256(ours));
  });
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
void text;
