import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** What comes until the end. Unlike `for await` it leaves a socket open for writing. */
export async function untilEnd(stream: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(stream, 'end');
  return Buffer.concat(chunks);
}
