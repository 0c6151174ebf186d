import { expect } from 'expect';
import { randomBytes } from 'node:crypto';
import * as http from 'node:http';
import { buffer } from 'node:stream/consumers';
import type { Lab } from '../support/lab';
import { sha256 } from '../support/lab-bytes';
import type { Program } from '../support/lab-program';
import { labSuite } from '../support/lab-suite';

const PORT = 80;
const FILE = randomBytes(10_000_000);

labSuite(__filename, "Node's http on a stack, and curl", ['curl'], (test) => {
  test('GET, HEAD, and a path that is not there', async (lab) => {
    const site = serve(lab);
    expect(await said(curl(lab, site('/hello')))).toBe('hello, curl');
    expect(await said(curl(lab, '--head', site('/hello')))).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(await said(curl(lab, '--write-out', '%{http_code}', site('/nothing')))).toBe('404');
  });

  test('keep-alive: three requests on one connection', async (lab) => {
    const site = serve(lab);
    const urls = [site('/hello'), site('/hello'), site('/hello')];
    const output = await said(curl(lab, '--write-out', ' on %{num_connects} new connections\n', ...urls));
    expect(output).toBe(
      'hello, curl on 1 new connections\nhello, curl on 0 new connections\nhello, curl on 0 new connections\n',
    );
    expect(lab.history.filter((state) => state === 'ESTABLISHED')).toHaveLength(1);
  });

  test('10 MB down', async (lab) => {
    const site = serve(lab);
    const download = curl(lab, site('/file'));
    expect(await download.ended).toBe(0);
    expect(sha256(download.output)).toBe(sha256(FILE));
  });

  test('10 MB up', async (lab) => {
    const site = serve(lab);
    const upload = curl(lab, '--data-binary', '@-', '--header', 'Expect:', site('/hash'));
    upload.stdin.end(FILE);
    expect(await said(upload)).toBe(sha256(FILE));
  });

  test('Expect: 100-continue, and chunks both ways', async (lab) => {
    const site = serve(lab);
    const both = curl(lab, '--upload-file', '-', '--header', 'Expect: 100-continue', site('/echo'));
    both.stdin.end(FILE.subarray(0, 1_000_000));
    expect(await both.ended).toBe(0);
    expect(sha256(both.output)).toBe(sha256(FILE.subarray(0, 1_000_000)));
  });

  test('twenty at once', async (lab) => {
    const site = serve(lab);
    const urls = Array.from({ length: 20 }, () => site('/hello'));
    expect(await said(curl(lab, '--parallel', '--parallel-immediate', '--parallel-max', '20', ...urls))).toBe(
      'hello, curl'.repeat(20),
    );
  });
});

/** A web server of Node's whose connections are a stack's. Returns the URL of each path. */
function serve(lab: Lab): (path: string) => string {
  const web = http.createServer((request, response) => {
    void answer(request, response);
  });
  lab
    .attach()
    .net.createServer((socket) => web.emit('connection', socket))
    .listen(PORT);
  return (path) => `http://${lab.address}:${PORT}${path}`;
}

async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  if (request.url === '/hello') response.end('hello, curl');
  else if (request.url === '/file') response.end(FILE);
  else if (request.url === '/hash') response.end(sha256(await buffer(request)));
  else if (request.url === '/echo') request.pipe(response);
  else response.writeHead(404).end();
}

/** Without a progress meter, without settings or a proxy of this machine. */
function curl(lab: Lab, ...args: string[]): Program {
  return lab.start(
    'curl',
    '--disable',
    '--noproxy',
    '*',
    '--silent',
    '--no-progress-meter',
    '--show-error',
    '--max-time',
    '20',
    ...args,
  );
}

/** What a program has written, when it has ended well. */
async function said(program: Program): Promise<string> {
  expect([await program.ended, program.stderr]).toEqual([0, '']);
  return program.output.toString();
}
