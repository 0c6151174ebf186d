import { expect } from 'expect';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import * as https from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { SecureVersion } from 'node:tls';
import { WebSocket, WebSocketServer } from 'ws';
import { SecretsFirst } from '../../src/cli/secrets-first';
import { makeCertificate } from '../../src/cli/web/certificate';
import { capture } from '../../src/link/capture';
import type { Stack } from '../../src';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';

const run = promisify(execFile);
const VERSIONS = ['TLSv1.2', 'TLSv1.3'] as const;
const PORT = 443;

labSuite(__filename, 'wss in a capture with its secrets', ['tshark'], (test) => {
  for (const version of VERSIONS) {
    test(`${version}: tshark sees the WebSocket inside, synack's server and the kernel's client`, async (lab) => {
      const { file, stack } = await recording(lab, true);
      const server = stack.https.createServer({ ...(await tlsOptions(lab.address, version)) });
      echoOn(server);
      server.listen(PORT, lab.address);
      await talk(new WebSocket(`wss://${lab.address}/chat`, { rejectUnauthorized: false }));
      server.close();
      await seen(await file(), version);
    });

    test(`${version}: the same, the kernel's server and synack's client`, async (lab) => {
      const { file, stack } = await recording(lab, true);
      const server = https.createServer({ ...(await tlsOptions(lab.kernel, version)) });
      lab.atEnd(() => {
        server.closeAllConnections();
      });
      echoOn(server);
      server.listen(0, lab.kernel);
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const agent = new stack.https.Agent();
      await talk(new WebSocket(`wss://${lab.kernel}:${port}/chat`, { agent, rejectUnauthorized: false }));
      server.close();
      await seen(await file(), version);
    });
  }

  test('without the secrets nothing of it can be read', async (lab) => {
    const { file, stack } = await recording(lab, false);
    const server = stack.https.createServer({ ...(await tlsOptions(lab.address, 'TLSv1.3')) });
    echoOn(server);
    server.listen(PORT, lab.address);
    await talk(new WebSocket(`wss://${lab.address}/chat`, { rejectUnauthorized: false }));
    server.close();
    const name = await file();
    expect(await tshark(name, 'tls.app_data', ['frame.number'])).not.toEqual([]);
    expect(await tshark(name, 'http || websocket', ['frame.number'])).toEqual([]);
    expect(readFileSync(name).includes('TRAFFIC_SECRET')).toBe(false);
  });
});

/** A stack whose capture is written as the command line writes it; `file` ends it and gives its name. */
async function recording(lab: Lab, withSecrets: boolean): Promise<{ file: () => Promise<string>; stack: Stack }> {
  const folder = await mkdtemp(join(tmpdir(), 'synack-tls-'));
  lab.atEnd(() => void rm(folder, { recursive: true }));
  const written: Uint8Array[] = [];
  const blocks = new SecretsFirst((block) => written.push(block));
  const stack = lab.attach({ through: (tap, clock) => capture(tap, blocks.frame, { clock }) });
  if (withSecrets) stack.logKeys(blocks.secret);
  const file = async (): Promise<string> => {
    blocks.flush();
    const name = join(folder, 'wss.pcapng');
    await writeFile(name, Buffer.concat(written));
    return name;
  };
  return { file, stack };
}

async function tlsOptions(address: string, version: SecureVersion): Promise<https.ServerOptions> {
  const { cert, key } = await makeCertificate(address);
  return { cert, key, minVersion: version, maxVersion: version };
}

function echoOn(server: https.Server): void {
  new WebSocketServer({ server }).on('connection', (socket) => {
    socket.on('message', (data, isBinary) => {
      socket.send(data, { binary: isBinary });
    });
  });
}

/** Says something, hears it, pings, and closes. */
async function talk(client: WebSocket): Promise<void> {
  await once(client, 'open');
  client.send('hello, is this secret?');
  const [message] = (await once(client, 'message')) as [Buffer];
  expect(message.toString()).toBe('hello, is this secret?');
  client.ping('anybody?');
  await once(client, 'pong');
  client.close(1000, 'enough');
  expect((await once(client, 'close'))[0]).toBe(1000);
}

/** Checks what tshark finds in the capture, read in one pass as Wireshark reads a running capture. */
async function seen(file: string, version: SecureVersion): Promise<void> {
  const upgrade = await tshark(file, 'http.request', ['http.request.uri', 'http.upgrade']);
  expect(upgrade).toEqual([['/chat', 'websocket']]);
  expect(await tshark(file, 'http.response.code == 101', ['http.response.phrase'])).toEqual([['Switching Protocols']]);
  const frames = await tshark(file, 'websocket', [
    'websocket.opcode',
    'websocket.payload.text',
    'text',
    'websocket.payload.close.status_code',
  ]);
  expect(frames.map(([opcode]) => opcode)).toEqual(['1', '1', '9', '10', '8', '8']);
  const [asked, answered] = frames.map((frame) => frame.join(' '));
  for (const text of [asked, answered]) expect(text).toContain('hello, is this secret?');
  expect(frames.slice(4).map(([, , , code]) => code)).toEqual(['1000', '1000']);
  const shake = await tshark(file, 'tls.handshake.type == 20', ['tls.handshake.type']);
  expect({ version, finished: shake.length }).toEqual({ version, finished: 2 });
}

async function tshark(file: string, filter: string, fields: readonly string[]): Promise<string[][]> {
  const args = ['-n', '-r', file, '-Y', filter, '-T', 'fields', ...fields.flatMap((field) => ['-e', field])];
  const { stdout } = await run('tshark', args);
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t'));
}
