import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What `ss` tells of one of the kernel's sockets. */
export interface KernelSocket {
  /** As ss writes it: `LISTEN`, `SYN-SENT`, `SYN-RECV`, `ESTAB`, `FIN-WAIT-1`, …, `TIME-WAIT`. */
  readonly state: string;
  /** Bytes that wait to be read; of a listener, connections that wait to be accepted. */
  readonly receiveQueue: number;
  /** Bytes that were not acknowledged yet; of a listener, its backlog. */
  readonly sendQueue: number;
  readonly local: string;
  readonly peer: string;
  /** The rest: `wscale:7,7` is `['wscale', '7,7']`, `sack` is `['sack', '']`. */
  readonly info: ReadonlyMap<string, string>;
}

/** The kernel's TCP sockets that have the port at one of their ends. `enter` leads to the kernel, where it is elsewhere. */
export async function kernelSockets(port: number, enter: readonly string[] = []): Promise<KernelSocket[]> {
  const filter = `sport = :${port} or dport = :${port}`;
  const command: readonly string[] = [...enter, 'ss', '-tianHO', filter];
  const [program = '', ...args] = command;
  const { stdout } = await promisify(execFile)(program, args);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map(parseSocket);
}

function parseSocket(line: string): KernelSocket {
  const [state = '', receiveQueue, sendQueue, local = '', peer = '', ...words] = line.trim().split(/\s+/);
  const info = new Map(words.map((word) => [word.replace(/:.*/, ''), word.replace(/^[^:]*:?/, '')]));
  return { state, receiveQueue: Number(receiveQueue), sendQueue: Number(sendQueue), local, peer, info };
}
