import { spawnSync } from 'node:child_process';
import { readlinkSync } from 'node:fs';
import { LinkError } from '../errors';
import { readKernelFile, type ReadFile } from './kernel-ports';
import type { PortSet } from './ports';
import {
  installText,
  ownerOf,
  removeText,
  stateOf,
  tableName,
  tablesIn,
  type Owner,
  type Silenced,
  type TableState,
} from './rules';

/** Runs `nft` with these arguments and this input, to its end. Returns what it says. @throws NftFailure */
export type RunNft = (args: readonly string[], input?: string) => string;

/** Why `nft` did not do it. */
export class NftFailure extends Error {
  override readonly name = 'NftFailure';

  /** @param code `ENOENT`: there is no such program; `EPERM`: not allowed; `EIO`: anything else */
  constructor(
    readonly code: 'ENOENT' | 'EPERM' | 'EIO',
    message: string,
  ) {
    super(message);
  }
}

/** A transaction takes 20 ms. */
const NFT_LIMIT = 10_000;

export const runNft: RunNft = (args, input = '') => {
  const { error, status, stdout, stderr } = spawnSync('nft', args, {
    input,
    encoding: 'utf8',
    timeout: NFT_LIMIT,
    // Where it is, and where a user's path often does not lead.
    env: { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` },
  });
  if (error !== undefined) {
    const isMissing = 'code' in error && error.code === 'ENOENT';
    throw new NftFailure(isMissing ? 'ENOENT' : 'EIO', error.message);
  }
  if (status === 0) return stdout;
  throw new NftFailure(stderr.includes('Operation not permitted') ? 'EPERM' : 'EIO', stderr.trim());
};

/** What the tables know of processes. */
export interface Processes {
  readonly self: Owner;
  /** The process exists, and is the one that has made the table. */
  isAlive(owner: Owner): boolean;
}

/** The processes that `/proc` shows. */
export function kernelProcesses(
  read: ReadFile = readKernelFile,
  readLink: (path: string) => string = readlinkSync,
): Processes {
  const pidNamespace = Number(/\d+/.exec(readLink('/proc/self/ns/pid'))?.[0]);
  const self = { pidNamespace, pid: process.pid, start: startOf('self', read) ?? 0 };
  return {
    self,
    // What is in another namespace cannot be seen from here, so it has to be taken for alive.
    isAlive: (owner) => owner.pidNamespace !== pidNamespace || startOf(owner.pid, read) === owner.start,
  };
}

/** The 22nd field of proc(5)'s stat. The second one is a name in brackets, with anything in it. */
function startOf(pid: number | 'self', read: ReadFile): number | undefined {
  const stat = read(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19]);
}

/** The ports of another process's link. */
export interface OthersPorts {
  readonly pid: number;
  readonly ports: PortSet;
}

let tables = 0;

/** A link's table of nftables, and the cleaning up after links whose process is gone. */
export class Table {
  readonly name: string;
  readonly #nft: RunNft;
  #isThere = false;

  constructor({ self }: Processes, nft: RunNft = runNft) {
    this.name = tableName(self, ++tables);
    this.#nft = nft;
  }

  /** Puts the rules there, or others in their place, at once. @throws NftFailure */
  install(silenced: Silenced, overLoopback = false): void {
    // Before: a table that was made by a transaction whose end we did not see is removed as well.
    this.#isThere = true;
    this.#nft(['-f', '-'], installText(this.name, silenced, overLoopback));
  }

  /** What the kernel says of it. @throws NftFailure */
  read(): TableState {
    return stateOf(this.#nft(['-j', 'list', 'table', 'inet', this.name]));
  }

  /** Harmless twice. @throws NftFailure */
  remove(): void {
    if (!this.#isThere) return;
    this.#isThere = false;
    this.#nft(['-f', '-'], removeText(this.name));
  }
}

/**
 * Removes the tables that links of killed processes have left.
 * @returns what the links of living ones have, this process's own among them
 * @throws NftFailure
 */
export function clearStale(processes: Processes, nft: RunNft = runNft): OthersPorts[] {
  const ours = tablesIn(nft(['-j', 'list', 'tables', 'inet'])).flatMap((name) => {
    const owner = ownerOf(name);
    return owner === undefined ? [] : [{ name, owner }];
  });
  const [stale, living] = [
    ours.filter(({ owner }) => !processes.isAlive(owner)),
    ours.filter(({ owner }) => processes.isAlive(owner)),
  ];
  if (stale.length > 0) nft(['-f', '-'], stale.map(({ name }) => removeText(name)).join(''));
  return living.map(({ name, owner }) => ({
    pid: owner.pid,
    ports: stateOf(nft(['-j', 'list', 'table', 'inet', name])).ports,
  }));
}

/** What a failure of `nft` means for whoever opens the link. */
export function explainNft(doing: string, failure: NftFailure): LinkError {
  const reasons = {
    ENOENT:
      'the program nft is not there, which keeps the kernel from resetting our connections; run: apt-get install nftables',
    EPERM:
      'it needs the capability CAP_NET_ADMIN for a rule of nftables; run as root, in Docker add --cap-add NET_ADMIN',
    EIO: `nft failed: ${failure.message}`,
  };
  return new LinkError(failure.code, `${doing}: ${reasons[failure.code]}`, { cause: failure });
}
