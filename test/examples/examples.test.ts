import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { whyNoTap } from '../support/netns';

const ROOT = join(__dirname, '../..');
/** An example as its first lines say to run it. */
const TS_NODE = 'node -r ts-node/register';
const CURL = 'curl --silent --show-error --retry 20 --retry-delay 1 --retry-all-errors --max-time 10';

function run(command: string, ...args: string[]): string {
  return execFileSync(command, args, {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 50_000,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

function example(name: string): string {
  return run('node', '-r', 'ts-node/register', `examples/${name}`);
}

test('packet-by-packet.ts sends its SYN again after 1, 2, 4 and 8 seconds', () => {
  const lines = example('packet-by-packet.ts').trim().split('\n');
  expect(lines.map((line) => /^(\d+) s {2}S /.exec(line)?.[1])).toEqual(['0', '1', '3', '7', '15', undefined]);
  expect(lines.at(-1)).toBe('SYN-SENT { retransmission: 31000000 }');
});

test('wss.ts says hello over TLS on port 443, and ends', () => {
  expect(example('wss.ts')).toBe('hello over TLS, over a TCP of our own\n');
});

test('vpn.ts carries a web page through datagrams, and ends', () => {
  expect(example('vpn.ts')).toBe('hello through the VPN\n');
});

const reason = whyNoTap();
const withTap = reason === undefined ? test : test.skip;

/** What a client prints, in a lab where an example serves. */
function served(server: string, client: string, ...flags: readonly string[]): string {
  return run('scripts/lab.sh', ...flags, 'bash', '-c', `${server} & server=$!\n${client}\nkill $server`);
}

/** A WebSocket echo of the kernel's TCP. */
const ECHOING = `
  const { WebSocketServer } = require('ws');
  const server = new WebSocketServer({ host: '10.9.0.1', port: 8000 });
  server.on('connection', (socket) => socket.on('message', (data) => socket.send(String(data))));`;

/** Two who chat, by the kernel's TCP: the first waits until it hears the second. */
const CHATTING = `
  const { WebSocket } = require('ws');
  const join = (said) => {
    const socket = new WebSocket('ws://10.9.0.2/');
    socket.on('error', () => setTimeout(join, 200, said));
    socket.on('message', (text) => said(String(text).replace(/:\\d+ is/, ' is'), socket));
  };
  join((text, first) => {
    console.log('first hears:', text);
    if (first.isFirst) return text === 'hello' && process.exit();
    first.isFirst = true;
    join((text, second) => second.wasHere || ((second.wasHere = true), second.send('hello')));
  });`;

describe(`on a TAP${reason === undefined ? '' : ` (skipped: ${reason})`}`, () => {
  withTap('echo.ts answers nc', () => {
    const nc = 'until echo hello | timeout 20 nc -N 10.9.0.2 7; do sleep 0.3; done';
    expect(served(`${TS_NODE} examples/echo.ts`, nc)).toBe('hello\n');
  });

  withTap('ipv6.ts answers nc of both families', () => {
    const nc = `for host in fd00:9::2 10.9.0.2; do
        until echo hello $host | timeout 20 nc -N $host 7; do sleep 0.3; done; done`;
    const said = served(`${TS_NODE} examples/ipv6.ts`, nc, '--ipv6').split('\n').sort();
    expect(said).toEqual(['', '::ffff:10.9.0.1 calls', 'fd00:9::1 calls', 'hello 10.9.0.2', 'hello fd00:9::2']);
  });

  withTap('router.ts lets the kernel out by its second link, under its own address', () => {
    // The other host, behind a veth, knows of no network but its own.
    const script = `
        unshare --net sleep 60 & far=$!; while [ /proc/$far/ns/net -ef /proc/$$/ns/net ]; do sleep 0.02; done
        ip link add near0 type veth peer name far0 netns $far; ip link set near0 up; ip route add 10.6.0.2/32 via 10.9.0.2
        nsenter --net=/proc/$far/ns/net sh -c 'ip address add 10.6.0.2/24 dev far0; ip link set far0 up'
        ${TS_NODE} examples/router.ts tap:tap0,address=10.9.0.2/24 pcap:near0,address=10.6.0.3/24,masquerade > /dev/null & server=$!
        until ping -c 1 -W 1 10.6.0.2 | grep -o 'from 10.6.0.2.* ttl=63'; do sleep 0.2; done
        kill $server $far`;
    expect(run('scripts/lab.sh', 'bash', '-c', script)).toBe('from 10.6.0.2: icmp_seq=1 ttl=63\n');
  });

  withTap('http.ts serves curl', () => {
    const page = served(`${TS_NODE} examples/http.ts`, `${CURL} http://10.9.0.2/`);
    expect(page).toBe('hello over a TCP of our own\n');
  });

  withTap('chat.ts: a page, and what one says all hear', () => {
    const chat = served(
      `${TS_NODE} examples/chat.ts`,
      `${CURL} http://10.9.0.2/ | grep -o '<title>.*</title>'; timeout 20 node -e "${CHATTING}"`,
    );
    expect(chat).toBe('<title>chat</title>\n' + 'first hears: 10.9.0.1 is here\n'.repeat(2) + 'first hears: hello\n');
  });

  withTap('proxy.ts: a WebSocket through tinyproxy', () => {
    const said = served(
      `node -e "${ECHOING}"`,
      `printf 'Port 8888\\nListen 10.9.0.1\\nTimeout 20\\nConnectPort 8000\\n' > /tmp/proxy.$$
        tinyproxy -d -c /tmp/proxy.$$ > /dev/null & proxy=$!
        until nc -z 10.9.0.1 8888 && nc -z 10.9.0.1 8000; do sleep 0.2; done
        timeout 20 ${TS_NODE} examples/proxy.ts http://10.9.0.1:8888 ws://10.9.0.1:8000
        kill $proxy; rm /tmp/proxy.$$`,
    );
    expect(said).toBe('hello through a proxy\n');
  });

  withTap('express.cjs under synack run serves curl', () => {
    const page = served('node bin/synack.js run examples/express.cjs', `${CURL} http://10.9.0.2/hello/you`);
    expect(page).toBe('hello, you\n');
  });

  withTap('workers.ts serves curl from two workers', () => {
    const lines = served(
      `ip link delete tap0; ${TS_NODE} examples/workers.ts`,
      `for i in $(seq 20); do ${CURL} http://10.9.0.2/; done`,
    );
    expect(new Set(lines.trim().split('\n'))).toEqual(new Set(['hello from worker 0', 'hello from worker 1']));
  });
});
