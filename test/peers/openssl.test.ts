import { expect } from 'expect';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { certificates } from '../support/certificates';
import type { Lab } from '../support/lab';
import { labSuite } from '../support/lab-suite';
import { directory, file, protocolOf, website, type Website } from './website';

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n';
const VERSIONS = [
  ['TLSv1.2', '-tls1_2'],
  ['TLSv1.3', '-tls1_3'],
] as const;

labSuite(__filename, 'openssl', ['openssl', 'ss'], (test) => {
  for (const [version, flag] of VERSIONS) {
    test(`s_client by ${version}: verified, ALPN, a page`, async (lab) => {
      const site = await website(lab, answer);
      const output = await client(lab, site, flag, '-alpn', 'h2,http/1.1');
      expect(output).toMatch(/Verify return code: 0 \(ok\)/);
      expect(output).toMatch(/ALPN protocol: http\/1.1/);
      expect(output).toContain(`New, ${version}, Cipher is`);
      expect(output).toContain(`${version} new`);
    });

    test(`s_client by ${version}: a session is resumed`, async (lab) => {
      const site = await website(lab, answer);
      const session = join(directory(lab), 'session');
      expect(await client(lab, site, flag, '-sess_out', session)).toContain(`${version} new`);
      expect(existsSync(session)).toBe(true);
      const output = await client(lab, site, flag, '-sess_in', session);
      expect(output).toContain(`Reused, ${version}, Cipher is`);
      expect(output).toContain(`${version} resumed`);
    });

    test(`s_server by ${version}: our client, which resumes`, async (lab) => {
      const { server, ca } = await certificates();
      const identity = ['-cert', file(lab, 'cert', server.cert), '-key', file(lab, 'key', server.key)];
      lab.start('openssl', 's_server', '-accept', `${lab.kernel}:4433`, ...identity, flag, '-alpn', 'two', '-rev');
      await lab.kernelSocket(4433, 'LISTEN');
      const { tls } = lab.attach();
      const options = { host: lab.kernel, port: 4433, ca: ca.cert, ALPNProtocols: ['one', 'two'] };

      const first = tls.connect(options);
      const session = once(first, 'session') as Promise<[Buffer]>;
      expect(await reversed(first, 'hello')).toBe('olleh\n');
      expect([first.getProtocol(), first.alpnProtocol, first.isSessionReused()]).toEqual([version, 'two', false]);
      expect(first.getPeerCertificate().subject.CN).toBe('localhost');
      const [ticket] = await session;
      first.end();
      await once(first, 'close');

      const second = tls.connect({ ...options, session: ticket });
      expect(await reversed(second, 'again')).toBe('niaga\n');
      expect(second.isSessionReused()).toBe(true);
      second.destroy();
    });
  }

  test('s_client with a client certificate, and renegotiation', async (lab) => {
    const site = await website(lab, answer);
    const { made, stack } = site;
    stack.tls
      .createServer({ ...made.server, ca: made.ca.cert, requestCert: true }, (socket) => {
        socket.end(`you are ${String(socket.getPeerCertificate().subject.CN)}`);
      })
      .listen(444);
    const identity = ['-cert', file(lab, 'cert', made.client.cert), '-key', file(lab, 'key', made.client.key)];
    const program = lab.start('openssl', 's_client', '-connect', `${lab.address}:444`, ...identity, '-ign_eof');
    await program.ended;
    expect(program.output.toString()).toContain('you are a client');
  });
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { socket } = request;
  const isResumed = socket instanceof TLSSocket && socket.isSessionReused();
  response.end(`${protocolOf(request)} ${isResumed ? 'resumed' : 'new'}`);
}

/** All that s_client says when it gets a page. */
async function client(lab: Lab, { ca }: Website, ...args: string[]): Promise<string> {
  const to = ['-connect', `${lab.address}:443`, '-servername', 'localhost'];
  const trust = ['-CAfile', ca, '-verify_return_error'];
  const program = lab.start('openssl', 's_client', ...to, ...trust, '-ign_eof', ...args);
  program.stdin.write(REQUEST);
  expect(await program.ended).toBe(0);
  return program.output.toString();
}

async function reversed(socket: TLSSocket, line: string): Promise<string> {
  socket.write(`${line}\n`);
  return String((await once(socket, 'data'))[0]);
}
