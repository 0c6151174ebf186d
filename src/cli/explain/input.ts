import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createGunzip, constants } from 'node:zlib';
import { codeOf, Failure } from '../failure';

/** Read at a time. */
const CHUNK = 1024 * 1024;

/** A capture as it comes from a file or a pipe, unpacked if it is packed with gzip. */
export interface Input {
  /** Of a file, in bytes; `undefined` for a pipe. */
  readonly size: number | undefined;
  /** Bytes read from the file so far, before they were unpacked. */
  readonly position: () => number;
  readonly chunks: AsyncIterable<Uint8Array>;
}

/**
 * Opens a file, or standard input for `-`.
 * @throws Failure when it cannot be opened
 */
export function openInput(file: string): Input {
  let source: AsyncIterable<Uint8Array>;
  let size: number | undefined;
  if (file === '-') {
    source = process.stdin as AsyncIterable<Uint8Array>;
    if (process.stdin.isTTY) throw new Failure('standard input is a terminal; pipe a capture into it, or name a file');
  } else {
    try {
      const descriptor = openSync(file, 'r');
      const stat = fstatSync(descriptor);
      if (stat.isDirectory()) throw new Failure(`cannot read ${file}: it is a folder`);
      size = stat.isFile() ? stat.size : undefined;
      source = inPieces(descriptor);
    } catch (error) {
      if (error instanceof Failure) throw error;
      throw new Failure(`cannot open ${file}: ${reasonOf(error)}`, 1, { cause: error });
    }
  }
  let position = 0;
  const counted = async function* (): AsyncGenerator<Uint8Array> {
    for await (const chunk of source) {
      position += chunk.length;
      yield chunk;
    }
  };
  return { size, position: () => position, chunks: unpacked(counted()) };
}

/** A file's bytes in one buffer that is used again for each piece: a large file leaves no garbage. */
async function* inPieces(descriptor: number): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(CHUNK);
  try {
    for (;;) {
      const length = readSync(descriptor, buffer, 0, CHUNK, null);
      if (length === 0) return;
      yield buffer.subarray(0, length);
      // A turn for others: a signal, the progress bar.
      await new Promise(setImmediate);
    }
  } finally {
    closeSync(descriptor);
  }
}

/** What gzip has packed is unpacked; where that ends too early, what came before is given. */
async function* unpacked(chunks: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
  const first = await chunks.next();
  if (first.done === true) return;
  if (first.value[0] !== 0x1f || (first.value.length > 1 && first.value[1] !== 0x8b)) {
    yield first.value;
    yield* chunks;
    return;
  }
  const gunzip = createGunzip({ chunkSize: CHUNK, finishFlush: constants.Z_SYNC_FLUSH });
  const feed = async (): Promise<void> => {
    for (let chunk: IteratorResult<Uint8Array> = first; chunk.done !== true; chunk = await chunks.next()) {
      if (gunzip.destroyed) return;
      // The next piece overwrites this one, maybe before it is unpacked.
      if (!gunzip.write(chunk.value.slice()))
        await new Promise((resolve) => gunzip.once('drain', resolve).once('close', resolve));
    }
    gunzip.end();
  };
  const fed = feed().catch((error: unknown) => gunzip.destroy(error instanceof Error ? error : undefined));
  try {
    yield* gunzip as AsyncIterable<Uint8Array>;
  } catch (error) {
    // Damaged in the middle: the reader tells where the capture ends.
    if (!String(codeOf(error)).startsWith('Z_')) throw error;
  }
  await fed;
}

function reasonOf(error: unknown): string {
  const reasons: Readonly<Record<string, string>> = { ENOENT: 'it is not there', EACCES: 'you may not read it' };
  return reasons[codeOf(error) ?? ''] ?? (error instanceof Error ? error.message : String(error));
}
