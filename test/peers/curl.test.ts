import { expect } from 'expect';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { capture } from '../../src/link/capture';
import type { Lab } from '../support/lab';
import { sha256 } from '../support/lab-bytes';
import { dissectFile } from '../support/lab-capture';
import type { Program } from '../support/lab-program';
import { labSuite } from '../support/lab-suite';
import { directory, file, protocolOf, said, website, type Website } from './website';

const UPLOAD = 100_000_000;

labSuite(__filename, "stack.http, stack.https and stack.http2, and curl's clients", ['curl', 'tshark'], (test) => {
  for (const scheme of ['http', 'https'] as const) {
    test(`${scheme}: several URLs in one run share a connection, and the capture is clean`, async (lab) => {
      const written = join(directory(lab), 'curl.pcapng');
      const sink = createWriteStream(written);
      let taking = true;
      const site = await website(lab, answer, {
        offload: 'none',
        through: (tap, clock) => capture(tap, (bytes) => taking && sink.write(bytes), { clock }),
      });
      lab.patientKernel();
      const urls = ['/one', '/two', '/three'].map((path) => site.url(scheme, path));
      const output = await said(curl(lab, site, '--write-out', ' %{num_connects}\n', ...urls));
      expect(output).toBe('HTTP/1.1 /one 1\nHTTP/1.1 /two 0\nHTTP/1.1 /three 0\n'.replaceAll('HTTP/', `${scheme} `));
      taking = false;
      sink.end();
      await once(sink, 'close');
      const packets = await dissectFile(written, ['tcp.analysis.flags', '_ws.malformed', 'tcp.checksum.status']);
      expect(packets.length).toBeGreaterThan(10);
      const bad = packets.filter((each) => each['tcp.analysis.flags'] !== '' || each['_ws.malformed'] !== '');
      expect(bad).toEqual([]);
    });
  }

  test('Expect: 100-continue: the body waits for it', async (lab) => {
    const site = await website(lab, answer);
    const order: string[] = [];
    site.http.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
      request.once('data', () => order.push('body'));
      setTimeout(() => {
        order.push('continue');
        response.writeContinue();
      }, 100);
      request.pipe(response);
    });
    const body = randomBytes(10_000);
    const args = ['--expect100-timeout', '10', '--header', 'Expect: 100-continue'];
    const upload = curl(lab, site, ...args, '--upload-file', file(lab, 'body', body), site.url('http', '/echo'));
    expect(await upload.ended).toBe(0);
    expect([sha256(upload.output), order]).toEqual([sha256(body), ['continue', 'body']]);
  });

  test('Expect: 100-continue, refused: the body stays', async (lab) => {
    const site = await website(lab, answer);
    site.http.on('checkContinue', (_request: IncomingMessage, response: ServerResponse) => {
      response.writeHead(413, { connection: 'close' }).end('too much');
    });
    const args = ['--header', 'Expect: 100-continue', '--write-out', ' %{http_code} %{size_upload}'];
    const upload = curl(
      lab,
      site,
      ...args,
      '--upload-file',
      file(lab, 'body', 'x'.repeat(10_000)),
      site.url('http', '/'),
    );
    expect(await upload.ended).toBe(0);
    expect(upload.output.toString()).toBe('too much 413 0');
  });

  for (const scheme of ['http', 'https'] as const) {
    test(`${scheme}: 100 MB up`, async (lab) => {
      const site = await website(lab, answer);
      const piece = randomBytes(UPLOAD / 100);
      const body = Buffer.concat(Array.from({ length: 100 }, () => piece));
      const args = ['--header', 'Expect:', '--upload-file', file(lab, 'body', body)];
      expect(await said(curl(lab, site, ...args, site.url(scheme, '/hash')))).toBe(sha256(body));
    });
  }

  test('HTTP/1.0', async (lab) => {
    const site = await website(lab, answer);
    const args = ['--http1.0', '--write-out', ' %{num_connects} %{http_version}\n'];
    const output = await said(curl(lab, site, ...args, site.url('http', '/a'), site.url('http', '/b')));
    expect(output).toBe('http 1.0 /a 1 1.1\nhttp 1.0 /b 1 1.1\n');
  });

  for (const version of ['1.2', '1.3']) {
    test(`https by TLS ${version}, with --cacert`, async (lab) => {
      const site = await website(lab, answer);
      const args = [`--tlsv${version}`, '--tls-max', version, '--write-out', ' %{ssl_verify_result}'];
      expect(await said(curl(lab, site, ...args, site.url('https', '/tls')))).toBe(`TLSv${version} 0`);
    });
  }

  test('https with a certificate that it does not trust', async (lab) => {
    const site = await website(lab, answer);
    const refused = lab.start('curl', '--disable', '--silent', '--noproxy', '*', site.url('https'));
    expect(await refused.ended).toBe(60);
  });

  test('a client certificate', async (lab) => {
    const site = await website(lab, answer);
    const { made, stack } = site;
    const options = { ...made.server, ca: made.ca.cert, requestCert: true };
    const server = stack.tls.createServer(options, (socket) => {
      socket.end(`HTTP/1.0 200 OK\r\n\r\n${String(socket.getPeerCertificate().subject.CN)}`);
    });
    server.listen(444);
    const args = ['--cert', file(lab, 'cert', made.client.cert), '--key', file(lab, 'key', made.client.key)];
    expect(await said(curl(lab, site, ...args, `https://${lab.address}:444/`))).toBe('a client');
  });

  test('HTTP/2 over TLS, and without: many at once on one connection', async (lab) => {
    const site = await website(lab, answer);
    const { stack, made } = site;
    const h2 = (request: { httpVersion: string }, response: { end: (text: string) => void }): void => {
      response.end(`${request.httpVersion}\n`);
    };
    stack.http2.createSecureServer(made.server, h2).listen(8443);
    stack.http2.createServer(h2).listen(8080);
    const urls = Array.from({ length: 20 }, (_, index) => `https://${lab.address}:8443/${index}`);
    const before = lab.history.filter((state) => state === 'ESTABLISHED').length;
    const parallel = ['--parallel', '--parallel-max', '20'];
    expect(await said(curl(lab, site, '--http2', ...parallel, ...urls))).toBe('2.0\n'.repeat(20));
    // curl 7.88 takes no second request on such a connection, whoever the server is.
    const plain = `http://${lab.address}:8080/`;
    expect(await said(curl(lab, site, '--http2-prior-knowledge', plain))).toBe('2.0\n');
    expect(lab.history.filter((state) => state === 'ESTABLISHED').length - before).toBe(2);
  });
});

function answer(request: IncomingMessage, response: ServerResponse): void {
  const { url = '', httpVersion } = request;
  if (url === '/echo') request.pipe(response);
  else if (url === '/tls') response.end(protocolOf(request));
  else if (url === '/hash') {
    const hash = createHash('sha256');
    void pipeline(request, hash).then(() => response.end(hash.digest('hex')));
  } else response.end(`${protocolOf(request) === '' ? 'http' : 'https'} ${httpVersion} ${url}`);
}

/** Without a progress meter, without settings or a proxy of this machine. */
function curl(lab: Lab, { ca }: Website, ...args: string[]): Program {
  const quiet = ['--disable', '--noproxy', '*', '--silent', '--no-progress-meter', '--show-error', '--max-time', '25'];
  return lab.start('curl', ...quiet, '--cacert', ca, ...args);
}
