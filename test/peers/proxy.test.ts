import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import * as kernelHttp from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { WebSocket, WebSocketServer } from 'ws';
import type { Stack } from '../../src';
import { certificates } from '../support/certificates';
import type { Lab } from '../support/lab';
import { sha256 } from '../support/lab-bytes';
import { labSuite } from '../support/lab-suite';
import { protocolOf } from './website';

const FILE = randomBytes(2_000_000);
const CREDENTIALS = 'me:s3cret@';

/** A proxy that runs on the kernel in the lab. */
interface Proxy {
  /** Without a name and a password. */
  readonly url: string;
  readonly log: () => string;
}

labSuite(__filename, 'HTTP proxies', ['tinyproxy', 'squid', 'ss'], (test) => {
  for (const [name, start, credentials] of [
    ['tinyproxy, which wants a password', tinyproxy, CREDENTIALS],
    ['squid', squid, ''],
  ] as const) {
    // The client's stack and the server's are one; the proxy, between them, is the kernel's.
    for (const scheme of ['ws', 'wss'] as const) {
      test(`${scheme} through ${name}`, async (lab) => {
        const { stack, ca } = await serve(lab);
        const { url } = await start(lab);
        const agent = stack.proxyAgent(url.replace('//', `//${credentials}`));
        const client = new WebSocket(`${scheme}://${lab.address}/`, { agent, ca, perMessageDeflate: false });
        await once(client, 'open');
        for (const sent of [Buffer.from('small'), FILE]) {
          client.send(sent);
          const [data] = (await once(client, 'message')) as [Buffer];
          expect(sha256(data)).toBe(sha256(sent));
        }
        const closed = once(client, 'close');
        client.close(4000, 'enough');
        expect(String(await closed)).toBe('4000,enough');
      });
    }

    test(`https through ${name}, and http by CONNECT`, async (lab) => {
      const { stack, ca } = await serve(lab);
      const { url } = await start(lab);
      const agent = stack.proxyAgent(url.replace('//', `//${credentials}`), { keepAlive: true });
      for (let i = 0; i < 3; i++) {
        const secure = stack.https.get(`https://${lab.address}/file`, { agent, ca });
        const [response] = (await once(secure, 'response')) as [IncomingMessage];
        expect(protocolOf(response)).toBe('TLSv1.3');
        expect(sha256(await buffer(response))).toBe(sha256(FILE));
      }
      const plain = stack.http.get(`http://${lab.address}/hello`, { agent });
      const [response] = (await once(plain, 'response')) as [IncomingMessage];
      expect(await text(response)).toBe(`hello from ::ffff:${lab.kernel}`);
      agent.destroy();
    });

    test(`to a server of the kernel's through ${name}`, async (lab) => {
      const stack = lab.attach();
      const server = kernelHttp.createServer((_request, response) => response.end("the kernel's"));
      lab.atEnd(() => {
        server.close();
        server.closeAllConnections();
      });
      server.listen(80, lab.kernel);
      await once(server, 'listening');
      const { url } = await start(lab);
      const agent = stack.proxyAgent(url.replace('//', `//${credentials}`));
      const [response] = (await once(stack.http.get(`http://${lab.kernel}/`, { agent }), 'response')) as [
        IncomingMessage,
      ];
      expect(await text(response)).toBe("the kernel's");
    });

    test(`what ${name} refuses`, async (lab) => {
      const { stack } = await serve(lab);
      const { url } = await start(lab);
      const failed = async (agentUrl: string, port: number): Promise<unknown> => {
        const agent = stack.proxyAgent(agentUrl);
        const [error] = (await once(stack.http.get(`http://${lab.address}:${port}/`, { agent }), 'error')) as [unknown];
        return error;
      };
      const good = url.replace('//', `//${credentials}`);
      expect(await failed(good, 81)).toMatchObject({ name: 'ProxyError', statusCode: 403 });
      if (credentials === '') return;
      expect(await failed(url, 80)).toMatchObject({
        statusCode: 407,
        message: expect.stringContaining('wants a name and a password'),
      });
      expect(await failed(url.replace('//', '//me:wrong@'), 80)).toMatchObject({
        statusCode: expect.any(Number),
        name: 'ProxyError',
      });
    });
  }
});

/** A web server on 80 and 443 of a stack, with WebSockets that echo. */
async function serve(lab: Lab): Promise<{ stack: Stack; ca: string }> {
  const stack = lab.attach();
  const { ca, server } = await certificates();
  const answer = (request: IncomingMessage, response: kernelHttp.ServerResponse): void => {
    if (request.url === '/file') response.end(FILE);
    else response.end(`hello from ${request.socket.remoteAddress}`);
  };
  const webs = [stack.http.createServer(answer).listen(80), stack.https.createServer(server, answer).listen(443)];
  for (const web of webs) {
    new WebSocketServer({ server: web, maxPayload: 16_000_000 }).on('connection', (socket) => {
      socket.on('message', (data, binary) => {
        socket.send(data, { binary });
      });
    });
  }
  return { stack, ca: ca.cert };
}

/** A directory for a proxy's files, until the test ends. Proxies give up root, so that all may write there. */
function directoryOf(lab: Lab): string {
  const directory = mkdtempSync(join(tmpdir(), 'synack-proxy-'));
  chmodSync(directory, 0o777);
  lab.atEnd(() => {
    rmSync(directory, { recursive: true, force: true });
  });
  return directory;
}

async function tinyproxy(lab: Lab): Promise<Proxy> {
  const config = join(directoryOf(lab), 'tinyproxy.conf');
  writeFileSync(
    config,
    `Port 8888
Listen ${lab.kernel}
Timeout 30
MaxClients 20
Allow 10.9.0.0/24
BasicAuth me s3cret
ConnectPort 80
ConnectPort 443
`,
  );
  const program = lab.start('tinyproxy', '-d', '-c', config);
  await lab.kernelSocket(8888, 'LISTEN');
  return { url: `http://${lab.kernel}:8888`, log: () => program.output.toString() };
}

async function squid(lab: Lab): Promise<Proxy> {
  const directory = directoryOf(lab);
  const config = join(directory, 'squid.conf');
  writeFileSync(
    config,
    `http_port ${lab.kernel}:3128
acl lab src 10.9.0.0/24
acl web port 80 443
http_access allow lab web
http_access deny all
cache deny all
cache_mem 8 MB
access_log none
cache_log ${directory}/cache.log
pid_filename none
coredump_dir ${directory}
pinger_enable off
max_filedescriptors 1024
shutdown_lifetime 0 seconds
dns_nameservers 127.0.0.1
visible_hostname lab
`,
  );
  const program = lab.start('squid', '-N', '-f', config);
  await lab.kernelSocket(3128, 'LISTEN');
  return { url: `http://${lab.kernel}:3128`, log: () => program.stderr };
}
