import { CaptureReader, Explainer, type Report } from '../../src/explain';

/** How far it is. */
export interface Reading {
  /** Of the file's bytes, 0 to 1. */
  readonly part: number;
  readonly packets: number;
}

/** How often it is told how far it is, and others get a turn, ms. */
const TURN = 60;

/** The browser does not give the file's content: it is a folder, it is gone, or something else writes to it. */
export class Unreadable extends Error {}

/**
 * Reads a capture, which may be packed with gzip, piece by piece, and explains it. Nothing in the file makes it throw.
 * @throws Unreadable (rejects with it) when the file cannot be read
 */
export async function explainFile(file: Blob, tell: (reading: Reading) => void, signal?: AbortSignal): Promise<Report> {
  const explainer = new Explainer();
  const reader = new CaptureReader((packet) => {
    explainer.packet(packet);
  });
  let bytes = 0;
  let told = performance.now();
  const given = file.stream().getReader();
  const source = { refused: false };
  // What the file's own stream says is known from what the unpacking says of it.
  const raw = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await given.read();
        if (done) {
          controller.close();
          return;
        }
        bytes += value.length;
        controller.enqueue(value);
      } catch (error) {
        source.refused = true;
        controller.error(error);
      }
    },
    cancel: (reason) => given.cancel(reason),
  });
  try {
    const packed = await isPacked(file);
    const pieces = (packed ? raw.pipeThrough(new DecompressionStream('gzip')) : raw).getReader();
    for (;;) {
      const { done, value } = await pieces.read();
      if (done) break;
      reader.push(value);
      if (reader.problem !== undefined || signal?.aborted === true) {
        void pieces.cancel().catch(() => undefined);
        break;
      }
      if (performance.now() - told < TURN) continue;
      tell({ part: file.size === 0 ? 1 : bytes / file.size, packets: explainer.count });
      await new Promise((resolve) => setTimeout(resolve));
      told = performance.now();
    }
  } catch (error) {
    if (source.refused || error instanceof Unreadable) throw new Unreadable();
    // Damaged: what was read is explained.
    reader.unpackingFailed();
  }
  reader.end();
  return explainer.finish({ problem: reader.problem, format: reader.formatName, dropped: reader.dropped });
}

async function isPacked(file: Blob): Promise<boolean> {
  try {
    const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
    return first === 0x1f && second === 0x8b;
  } catch {
    throw new Unreadable();
  }
}
