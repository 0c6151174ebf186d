import { CaptureReader, Explainer, type Report } from '../../src/explain';

/** How far it is. */
export interface Reading {
  /** Of the file's bytes, 0 to 1. */
  readonly part: number;
  readonly packets: number;
}

/** How often it is told how far it is, and others get a turn, ms. */
const TURN = 60;

/** Reads a capture, which may be packed with gzip, piece by piece, and explains it. Nothing in the file makes it throw. */
export async function explainFile(file: Blob, tell: (reading: Reading) => void): Promise<Report> {
  const explainer = new Explainer();
  const reader = new CaptureReader((packet) => {
    explainer.packet(packet);
  });
  let bytes = 0;
  let told = performance.now();
  const counted = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      bytes += chunk.length;
      controller.enqueue(chunk);
    },
  });
  const raw = file.stream().pipeThrough(counted);
  const pieces = ((await isPacked(file)) ? raw.pipeThrough(new DecompressionStream('gzip')) : raw).getReader();
  try {
    for (;;) {
      const { done, value } = await pieces.read();
      if (done) break;
      reader.push(value);
      if (reader.problem !== undefined) {
        void pieces.cancel().catch(() => undefined);
        break;
      }
      if (performance.now() - told < TURN) continue;
      tell({ part: file.size === 0 ? 1 : bytes / file.size, packets: explainer.count });
      await new Promise((resolve) => setTimeout(resolve));
      told = performance.now();
    }
  } catch {
    // Damaged, or no longer there: what was read is explained.
    reader.unpackingFailed();
  }
  reader.end();
  return explainer.finish({ problem: reader.problem, format: reader.formatName, dropped: reader.dropped });
}

async function isPacked(file: Blob): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}
