import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Recorder } from '../../src/inspect';
import { decode } from '../../src/inspector/encoding';
import { readPage } from '../../src/inspector/page';
import type { ServerMessage } from '../../src/inspector/protocol';
import { whyNoTap } from '../support/netns';
import { inLab, ROOT } from './run';

const why = whyNoTap();
const inALab = why === undefined ? describe : describe.skip;

/** Prints each message that comes to a page, and sends what is given, until a text has come so often: `node page.cjs URL TEXT TIMES [json…]`. */
const PAGE = `
const { WebSocket } = require(${JSON.stringify(join(ROOT, 'node_modules', 'ws'))});
const [url, text, times, ...messages] = process.argv.slice(2);
let left = Number(times);
const socket = new WebSocket(url.replace('http', 'ws').replace('/?', '/live?'));
socket.on('error', (error) => console.log(JSON.stringify({ type: 'error', message: error.message })));
socket.on('message', (data) => {
  console.log(String(data));
  left -= String(data).split(text).length - 1;
  if (left <= 0) process.exit();
});
socket.on('open', () => { for (const each of messages) socket.send(each); });
`;

/** A page's messages from a script's output. */
const messagesIn = (stdout: string): ServerMessage[] =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => decode(line) as ServerMessage);

function recorded(messages: readonly ServerMessage[]): Recorder {
  const recorder = new Recorder();
  for (const message of messages) {
    if (message.type === 'events') for (const event of message.events) recorder.event(event);
  }
  return recorder;
}

inALab(`synack inspect${why === undefined ? '' : ` (${why})`}`, () => {
  let folder = '';
  beforeAll(() => {
    readPage('inspector');
    folder = mkdtempSync(join(tmpdir(), 'synack-inspect-'));
    writeFileSync(join(folder, 'page.cjs'), PAGE);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const prelude = (): string => `
    export XDG_RUNTIME_DIR=$(mktemp -d ${folder}/run-XXXX); err=$XDG_RUNTIME_DIR/err
    page() { ${process.execPath} ${folder}/page.cjs "$@"; }
    address() { grep -o "http://$1[^ ]*" $err; }
  `;

  test('from a kernel’s nc to the page: the whole way of a connection, the close asked for by the page', async () => {
    const { stdout } = await inLab(`${prelude()}
      $SYNACK serve echo --msl 0.2 --inspect > /dev/null 2> $err & server=$!; said try: $err
      address 127.0.0.1 | grep -c token; grep -c "from outside it: synack inspect $server" $err
      page "$(address 127.0.0.1)" '"to":"CLOSED"' 2 > $XDG_RUNTIME_DIR/out & page=$!
      said snapshot $XDG_RUNTIME_DIR/out
      printf 'hello\\n' | timeout 20 nc -N 10.9.0.2 7
      # Until the page has closed the connection.
      (printf 'again\\n'; said '"to":"FIN-WAIT-2"' $XDG_RUNTIME_DIR/out) | timeout 20 nc -N 10.9.0.2 7 > $XDG_RUNTIME_DIR/nc & nc=$!
      said again $XDG_RUNTIME_DIR/nc
      page "$(address 127.0.0.1)" '"request":' 4 '{"type":"send","request":1,"connection":3,"text":"from the page\\n"}' \\
        '{"type":"close","request":2,"connection":3}' '{"type":"impair","request":3,"settings":{"loss":0}}' \\
        '{"type":"abort","request":4,"connection":77}' | grep -E '"(done|failed)"' > $XDG_RUNTIME_DIR/answers
      wait $nc; wait $page; cat $XDG_RUNTIME_DIR/nc; cat $XDG_RUNTIME_DIR/answers; echo told; cat $XDG_RUNTIME_DIR/out
      kill -TERM $server; wait $server; ls $XDG_RUNTIME_DIR/synack | wc -l
    `);
    expect(stdout.slice(0, 100)).toMatch(/^1\n1\nhello\nagain\nfrom the page\n/);
    const [answers = '', told = ''] = stdout.split('\ntold\n');
    expect(messagesIn(answers)).toEqual([
      { type: 'done', request: 1 },
      { type: 'done', request: 2 },
      { type: 'done', request: 3 },
      {
        type: 'failed',
        request: 4,
        reason: 'the connection is gone: it was closed meanwhile',
        code: 'gone',
        facts: {},
      },
    ]);
    const messages = messagesIn(told);
    expect(messages.slice(0, 3).map(({ type }) => type)).toEqual(['hello', 'impairment', 'snapshot']);
    const { connections } = recorded(messages);
    const paths = [...connections.values()].map(({ path }) => path.right.map(({ to }) => to));
    expect(paths).toEqual([
      ['SYN-RECEIVED', 'ESTABLISHED', 'CLOSE-WAIT', 'LAST-ACK', 'CLOSED'],
      ['SYN-RECEIVED', 'ESTABLISHED', 'FIN-WAIT-1', 'FIN-WAIT-2', 'TIME-WAIT', 'CLOSED'],
    ]);
    const [first] = connections.values();
    // nc has closed first.
    expect(first?.ends.left.state).toBe('TIME-WAIT');
    expect(stdout).toMatch(/\n0\n$/);
  });

  test('--open gives the address to the browser, once; where that cannot be it is told, and the view is there all the same', async () => {
    const { stdout } = await inLab(`${prelude()}
      $SYNACK serve echo > /dev/null 2> $err & server=$!; said try: $err
      bin=$XDG_RUNTIME_DIR/bin; mkdir $bin; opened=$XDG_RUNTIME_DIR/opened
      printf '#!/bin/sh\necho "$# $1" >> "%s"\nexit "\${STATUS:-0}"\n' $opened > $bin/xdg-open; chmod +x $bin/xdg-open
      view() { said 'see synack' $err; curl -s -m 20 -o /dev/null -w '%{http_code}\n' "$(address 127.0.0.1)"; kill -TERM $view; wait $view; }
      PATH=$bin:$PATH $SYNACK inspect --open 2> $err & view=$!
      said token= $opened; view; [ "$(cat $opened)" = "1 $(address 127.0.0.1)" ] && echo the same, once
      STATUS=3 PATH=$bin:$PATH $SYNACK inspect --open 2> $err & view=$!
      said 'ended with 3' $err; view
      rm $bin/xdg-open
      PATH=$bin $SYNACK inspect --open 2> $err & view=$!
      said 'xdg-open is not there' $err; view; tail -n 1 $err
      kill -TERM $server; wait $server
    `);
    expect(stdout.trim().split('\n')).toEqual([
      ...['200', 'the same, once', '200', '200'],
      'synack: no browser could be opened: xdg-open is not there; open the address yourself',
    ]);
  }, 60_000);

  test('over the very stack that it shows: with the token, and without a word of itself in the trace', async () => {
    const { stdout } = await inLab(`${prelude()}
      $SYNACK serve echo --inspect-self > /dev/null 2> $err & server=$!; said try: $err
      url=$(address 10.9.0.2); code() { curl -s -m 20 -o /dev/null -w '%{http_code}\\n' "$@"; }
      code "$url"; code "\${url}x"; code -H 'Host: evil.example:9293' "$url"; curl -s -m 20 "$url" | grep -c '<title>'
      page "$url" '"to":"CLOSED"' 1 > $XDG_RUNTIME_DIR/out & page=$!
      said snapshot $XDG_RUNTIME_DIR/out; printf 'hello\\n' | timeout 20 nc -N 10.9.0.2 7; wait $page
      cat $XDG_RUNTIME_DIR/out; kill -TERM $server; wait $server
    `);
    expect(stdout).toMatch(/^200\n403\n403\n1\nhello\n/);
    const messages = messagesIn(stdout);
    expect(messages[0]).toMatchObject({ type: 'hello', self: true });
    const ports = [...recorded(messages).connections.values()].map(({ id }) => id.local.port);
    expect(ports).toEqual([7]);
    const snapshot = messages.filter((each) => each.type === 'snapshot').at(-1);
    const own = snapshot?.stack.sockets.filter((each) => each.own);
    expect(own?.map(({ state }) => state)).toEqual(expect.arrayContaining(['LISTEN', 'ESTAB']));
    expect(own?.every(({ local }) => local.port === 9293)).toBe(true);
  });

  test('from outside the lab: through the Unix socket, by number or name; none, several, and a view that ends with its program', async () => {
    const { stdout, stderr } = await inLab(`${prelude()}
      $SYNACK inspect < /dev/null 2>&1 | head -1
      $SYNACK serve echo > /dev/null 2> $err & one=$!; said try: $err
      $SYNACK nc -k -l 9000 --link tap:tap1,address=10.7.0.2/24,host=10.7.0.1/24 < /dev/null 2> $err.nc & two=$!
      until ls $XDG_RUNTIME_DIR/synack | grep -q $two.inspect; do sleep 0.05; done
      $SYNACK inspect 2>&1 | sed "s/$one/ONE/; s/$two/TWO/"; $SYNACK inspect nobody 2>&1 | head -1
      # Another network namespace, as that of a browser is to a lab.
      unshare --net sh -c "ip link set lo up; exec $SYNACK inspect echo" 2> $err.view & view=$!; said token $err.view
      while read -r line; do url=$(echo "$line" | grep -o 'http://[^ ]*'); done < $err.view
      in_view() { nsenter --net=/proc/$view/ns/net "$@"; }
      in_view curl -s -m 20 -o /dev/null -w '%{http_code}\\n' "$url"; in_view curl -s -m 20 "\${url}x" | head -c 20; echo
      in_view ${process.execPath} ${folder}/page.cjs "$url" '"type":"hello"' 1
      kill -TERM $one; wait $one; wait $view; echo "view $?"; tail -1 $err.view; kill -TERM $two; wait $two
    `);
    expect({ stdout, stderr }).toMatchObject({
      stdout: expect.stringMatching(/^synack: no synack runs that could be shown\. Start one/),
    });
    expect(stdout).toMatch(/several synacks run; say which one, as in: synack inspect (ONE|TWO)\n/);
    expect(stdout).toMatch(/ONE {2}synack serve echo, 0 connections\n/);
    expect(stdout).toContain('no running synack is called "nobody"; there are:');
    expect(stdout).toContain('\n200\nthe token is missing\n');
    expect(messagesIn(stdout)).toMatchObject([{ type: 'hello', program: 'synack serve echo', self: false }]);
    expect(stdout).toMatch(/\nview 0\nsynack: synack serve echo has ended\n$/);
  });

  test('a playground whose port is taken ends, and its lab with it', async () => {
    const { stdout } = await inLab(`${prelude()}
      nc -l 127.0.0.1 9293 > /dev/null & taken=$!; listens 9293
      timeout 25 $SYNACK inspect --demo --port 9293 > $err 2>&1; echo "demo $?"; cat $err; kill $taken
    `);
    expect(stdout).toMatch(
      /^demo 1\n[^]*synack: cannot listen on 127\.0\.0\.1:9293: .*without --port the next free one/,
    );
    expect(stdout).not.toContain('grep');
  }, 60_000);
});

test('a playground without a lab: two synacks that talk, until Ctrl-C', async () => {
  // As one who has no programs for a lab.
  const env = { ...process.env, PATH: '/nowhere' };
  const run = spawn(process.execPath, ['bin/synack.js', 'inspect', '--demo'], { cwd: ROOT, env });
  let said = '';
  run.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (said.includes('token=')) run.kill('SIGINT');
  });
  const [code] = (await once(run, 'close')) as [number | null];
  expect(said).toMatch(/two synacks talk to each other instead\n.*see it: http:\/\/127\.0\.0\.1:\d+\/\?token=/);
  expect(code).toBe(0);
});
