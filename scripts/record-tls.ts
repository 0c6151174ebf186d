// The bytes of the lesson "WebSocket inside TLS": a real TLS 1.3 session between two ends of Node's own TLS, with a certificate made for
// it and thrown away, over a pipe in memory. What it says is what the lesson "WebSocket" says. Each run makes other bytes.
//
//   node --require ts-node/register scripts/record-tls.ts [FILE]
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { connect, TLSSocket } from 'node:tls';
import { closing, frame, UPGRADE_RESPONSE, upgradeRequest } from '../src/lessons/websocket/bytes';

const NAME = 'chat.example';
const KEY = Uint8Array.of(0x37, 0xfa, 0x21, 0x3d);

/** Everything that one end says before the other one answers. */
interface Flight {
  readonly from: 'client' | 'server';
  readonly pieces: Buffer[];
}

/** One end of a pipe; what is written into it is noted. */
class PipeEnd extends Duplex {
  other: PipeEnd | undefined;

  constructor(private readonly note: (bytes: Buffer) => void) {
    super();
  }

  override _read(): void {
    // What the other end writes is pushed.
  }

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.note(Buffer.from(bytes));
    this.other?.push(bytes);
    done();
  }

  override _final(done: () => void): void {
    this.other?.push(null);
    done();
  }
}

async function main(): Promise<void> {
  const file = process.argv[2] ?? 'src/lessons/websocket/tls-recording.ts';
  const flights: Flight[] = [];
  const note = (from: Flight['from'], bytes: Buffer): void => {
    if (flights.at(-1)?.from !== from) flights.push({ from, pieces: [] });
    flights.at(-1)?.pieces.push(bytes);
  };
  const left = new PipeEnd((bytes) => {
    note('client', bytes);
  });
  const right = new PipeEnd((bytes) => {
    note('server', bytes);
  });
  left.other = right;
  right.other = left;

  const server = new TLSSocket(right, { isServer: true, ...certificate(), minVersion: 'TLSv1.3' });
  // The certificate is its own proof: nothing here is to be trusted, only to be looked at.
  const client = connect({ socket: left, servername: NAME, rejectUnauthorized: false, minVersion: 'TLSv1.3' });
  await once(client, 'secureConnect');
  const says = async (from: TLSSocket, to: TLSSocket, bytes: string | Uint8Array): Promise<void> => {
    const length = Buffer.from(bytes).length;
    from.write(bytes);
    for (let heard = 0; heard < length;) heard += ((await once(to, 'data')) as [Buffer])[0].length;
  };
  const text = new TextEncoder().encode('Hello');
  const bye = closing(1000, 'bye');
  await says(client, server, upgradeRequest(NAME));
  await says(server, client, UPGRADE_RESPONSE);
  await says(client, server, frame('text', text, KEY));
  await says(server, client, frame('text', text));
  await says(client, server, frame('close', bye, KEY));
  await says(server, client, frame('close', bye));
  const ended = Promise.all([once(client, 'close'), once(server, 'close')]);
  server.end();
  await once(client, 'end');
  client.end();
  await ended;
  writeFileSync(file, moduleOf(flights));
}

function certificate(): { key: Buffer; cert: Buffer } {
  const directory = mkdtempSync(join(tmpdir(), 'synack-tls-'));
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '1'],
        ...['-subj', `/CN=${NAME}`, '-addext', `subjectAltName=DNS:${NAME}`, '-keyout', key, '-out', cert],
      ],
      { stdio: 'pipe' },
    );
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function moduleOf(flights: readonly Flight[]): string {
  const entries = flights.map(({ from, pieces }) => {
    const text = Buffer.concat(pieces).toString('base64');
    const lines = text.match(/.{1,100}/g) ?? [];
    return `  {\n    from: '${from}',\n    base64: [\n${lines.map((line) => `      '${line}',`).join('\n')}\n    ].join(''),\n  },\n`;
  });
  return [
    `/**\n * The records of a real TLS 1.3 session, both directions, as scripts/record-tls.ts has recorded them (OpenSSL ${process.versions.openssl}). Inside is\n`,
    ` * what the lesson "WebSocket" says; nobody has the keys any more.\n */\n`,
    `export const RECORDING: readonly { readonly from: 'client' | 'server'; readonly base64: string }[] = [\n`,
    ...entries,
    `];\n`,
  ].join('');
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
