import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import type { Lab } from '../support/lab';
import { sha256, untilEnd } from '../support/lab-bytes';
import type { Program } from '../support/lab-program';
import { labSuite, type DeclareTest } from '../support/lab-suite';
import { until } from '../support/lab-until';

/** A program that sends its standard input over a TCP connection, and writes what it receives to its standard output. */
export interface Netcat {
  readonly program: string;
  readonly asClient: NetcatRole;
  readonly asServer: NetcatRole;
}

interface NetcatRole {
  /**
   * The arguments to call, or to wait for one call. At the end of its standard input it shall shut the connection down,
   * and go on receiving.
   */
  readonly args: (address: string, port: number) => string[];
  /** What it does when the peer has sent its FIN: goes on sending, or ends. */
  readonly whenPeerEnds: 'sends' | 'ends';
  /** Its exit code when the peer resets the connection, one of these, and what it complains of. */
  readonly whenReset: readonly [codes: readonly number[], complaint: string];
}

/** The program and a socket of the stack's, connected with each other. */
interface Meeting {
  readonly netcat: Program;
  readonly socket: Socket;
}

const PORT = 4000;
const MB = 1_000_000;

/** What each program of this kind has to do well with the stack. */
export function netcatSuite(
  file: string,
  { program, asClient, asServer }: Netcat,
  more: (test: DeclareTest) => void,
): void {
  labSuite(file, program, [program, 'ss'], (test) => {
    conversations(test, 'as client', asClient, async (lab) => {
      const server = lab.attach().net.createServer({ allowHalfOpen: true }).listen(PORT);
      const netcat = lab.start(program, ...asClient.args(lab.address, PORT));
      const [socket] = (await once(server, 'connection')) as [Socket];
      return { netcat, socket };
    });

    conversations(test, 'as server', asServer, async (lab) => {
      const stack = lab.attach();
      const netcat = lab.start(program, ...asServer.args(lab.kernel, PORT));
      await lab.kernelSocket(PORT, 'LISTEN');
      const socket = stack.net.connect({ host: lab.kernel, port: PORT, allowHalfOpen: true });
      await once(socket, 'connect');
      return { netcat, socket };
    });

    test('as client: refused where nobody listens', async (lab) => {
      lab.attach();
      const netcat = lab.start(program, ...asClient.args(lab.address, PORT));
      expect(await netcat.ended).toBe(1);
      expect(netcat.stderr).toContain('Connection refused');
      expect(lab.history).toEqual(['RST out']);
    });

    more(test);
  });
}

function conversations(
  test: DeclareTest,
  role: string,
  { whenPeerEnds, whenReset }: NetcatRole,
  meet: (lab: Lab) => Promise<Meeting>,
): void {
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
    const heard = untilEnd(socket);
    const [ours, theirs] = [randomBytes(50 * MB), randomBytes(50 * MB)];
    socket.write(ours);
    netcat.stdin.end(theirs);
    expect(sha256(await heard)).toBe(sha256(theirs));
    socket.end();
    expect(await netcat.ended).toBe(0);
    expect(sha256(netcat.output)).toBe(sha256(ours));
  });

  test(`${role}: it closes first, and hears the rest`, async (lab) => {
    const { netcat, socket } = await meet(lab);
    const heard = untilEnd(socket);
    netcat.stdin.end('a question\n');
    expect((await heard).toString()).toBe('a question\n');
    expect(lab.history.at(-1)).toBe('CLOSE-WAIT');
    socket.write('a long ');
    await netcat.says('a long ');
    socket.end('answer\n');
    expect(await netcat.ended).toBe(0);
    expect(netcat.output.toString()).toBe('a long answer\n');
    await lab.enters('CLOSED');
    expect(lab.history.slice(-4)).toEqual(['ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED']);
  });

  test(`${role}: synack closes first, and ${whenPeerEnds === 'sends' ? 'hears the rest' : 'it ends'}`, async (lab) => {
    const { netcat, socket } = await meet(lab);
    const heard = untilEnd(socket);
    socket.end('a question\n');
    await netcat.says('a question\n');
    if (whenPeerEnds === 'sends') {
      await lab.enters('FIN-WAIT-2');
      netcat.stdin.end('an answer\n');
    }
    expect((await heard).toString()).toBe(whenPeerEnds === 'sends' ? 'an answer\n' : '');
    expect(await netcat.ended).toBe(0);
    // An ACK and a FIN in one segment skip FIN-WAIT-2 (RFC 9293 §3.10.7.4, eighth step).
    const closing = lab.history.slice(lab.history.indexOf('ESTABLISHED') + 1);
    expect(closing.filter((state) => state !== 'FIN-WAIT-2')).toEqual(['FIN-WAIT-1', 'TIME-WAIT']);
  });

  test(`${role}: it is killed with bytes unread: a RST, and ECONNRESET`, async (lab) => {
    const { netcat, socket } = await meet(lab);
    netcat.signal('SIGSTOP');
    socket.write(Buffer.alloc(10 * MB));
    await until(
      () => 'unread bytes',
      async () => (await lab.kernelSocket(PORT, 'ESTAB')).receiveQueue > 0,
    );
    const failed = once(socket, 'error');
    netcat.signal('SIGKILL');
    expect(await failed).toMatchObject([{ code: 'ECONNRESET' }]);
    expect(withoutRepeats(lab.history).slice(-3)).toEqual(['ESTABLISHED', 'CLOSED', 'RST in']);
    expect(await netcat.ended).toBe('SIGKILL');
  });

  test(`${role}: synack aborts while it sends: it is reset`, async (lab) => {
    const { netcat, socket } = await meet(lab);
    const resets = lab.kernelCounter('Tcp', 'EstabResets');
    netcat.stdin.write(Buffer.alloc(50 * MB));
    await once(socket, 'data');
    socket.resetAndDestroy();
    const [codes, complaint] = whenReset;
    expect(codes).toContain(await netcat.ended);
    expect(netcat.stderr).toContain(complaint);
    expect(withoutRepeats(lab.history).slice(-3)).toEqual(['ESTABLISHED', 'RST out', 'CLOSED']);
    expect(lab.kernelCounter('Tcp', 'EstabResets')).toBe(resets + 1);
  });
}

/** Each segment that is under way when a connection goes may be answered with a RST of its own. */
function withoutRepeats(history: readonly string[]): string[] {
  return [...new Set(history)];
}
