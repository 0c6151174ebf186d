import { connect } from 'node:net';
import { clearDead, runDirectory, socketsIn } from './directory';
import { REPORT_VERSION, type StackReport } from './report';

/** ms until a process that does not answer is left out. */
const PATIENCE = 3000;
/** The most bytes that are read from one: ten thousand sockets have about 20 MB. */
const MOST_BYTES = 64 * 1024 * 1024;

/** Why one of them could not be asked. */
export interface Silence {
  readonly path: string;
  readonly reason: string;
}

export interface Answers {
  /** In the order of their process ids. */
  readonly reports: readonly StackReport[];
  readonly silent: readonly Silence[];
}

/** Asks all processes of this user that have a stack and offer its status. Sockets of processes that are gone are cleared. */
export async function askAll(directory = runDirectory()): Promise<Answers> {
  const answers = await Promise.all(socketsIn(directory).map((path) => ask(path)));
  const reports: StackReport[] = [];
  const silent: Silence[] = [];
  for (const each of answers) {
    if (each === undefined) continue;
    if ('reason' in each) silent.push(each);
    else reports.push(each);
  }
  return { reports, silent };
}

/** @returns `undefined` when nobody is there any more, and its socket was cleared */
async function ask(path: string): Promise<StackReport | Silence | undefined> {
  try {
    const answer: unknown = JSON.parse(await read(path));
    if (isReport(answer)) return answer;
    return { path, reason: 'it answers in a form that this version of synack does not know' };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code === 'ECONNREFUSED') clearDead(path);
    if (code === 'ECONNREFUSED' || code === 'ENOENT') return undefined;
    return { path, reason: error instanceof Error ? error.message : String(error) };
  }
}

function read(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const socket = connect(path);
    const timer = setTimeout(() => {
      socket.destroy(new Error(`no answer in ${PATIENCE / 1000} s`));
    }, PATIENCE);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BYTES) socket.destroy(new Error('its answer has no end'));
    });
    socket.on('error', reject);
    socket.on('close', () => {
      clearTimeout(timer);
      resolve(Buffer.concat(chunks).toString());
    });
  });
}

function isReport(answer: unknown): answer is StackReport {
  return typeof answer === 'object' && answer !== null && 'version' in answer && answer.version === REPORT_VERSION;
}
