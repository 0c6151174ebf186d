import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/cli/failure';
import { parseFilter } from '../../src/cli/ss/filter';
import { durationText, formatSockets, rateText, type OwnedSocket } from '../../src/cli/ss/format';
import type { SocketReport } from '../../src/control/report';
import { Stack } from '../../src';
import { report } from '../../src/control/report';
import { once } from 'node:events';

const owner = { pid: 42, program: 'synack serve echo' };

function socket(given: Partial<SocketReport> = {}): SocketReport {
  return {
    netid: 'tcp',
    state: 'ESTAB',
    recv_q: 0,
    send_q: 12,
    local: { address: '10.9.0.2', port: 7 },
    peer: { address: '10.9.0.1', port: 51080 },
    timer: null,
    ...given,
  };
}

const PLAIN = { info: false, timers: false, header: true };

describe('the lines of ss', () => {
  test('columns, as wide as they must be', () => {
    const sockets: OwnedSocket[] = [
      { owner, socket: socket({ state: 'LISTEN', peer: null, send_q: 511 }) },
      { owner, socket: socket({ local: { address: 'fd00:9::2', port: 7 }, peer: { address: 'fe80::1%2', port: 1 } }) },
    ];
    expect(formatSockets(sockets, PLAIN)).toBe(
      'State  Recv-Q Send-Q Local Address:Port Peer Address:Port Process\n' +
        'LISTEN 0      511            10.9.0.2:7         0.0.0.0:* users:(("synack serve echo",pid=42))\n' +
        'ESTAB  0      12          [fd00:9::2]:7     [fe80::1%2]:1 users:(("synack serve echo",pid=42))\n',
    );
    const mixed = [...sockets, { owner, socket: socket({ netid: 'udp', state: 'UNCONN', peer: null }) }];
    const lines = formatSockets(mixed, { ...PLAIN, header: false }).split('\n');
    expect(lines[0]).toMatch(/^tcp LISTEN/);
    expect(lines[2]).toMatch(/^udp UNCONN/);
  });

  test('a listener at :: is one of both families, unless it is of IPv6 alone', () => {
    const at = (given: Partial<SocketReport>): string =>
      formatSockets([{ owner, socket: socket({ state: 'LISTEN', peer: null, ...given }) }], {
        ...PLAIN,
        header: false,
      });
    expect(at({ local: { address: '::', port: 7 }, v6only: false })).toMatch(/ \*:7 +\*:\* /);
    expect(at({ local: { address: '::', port: 7 }, v6only: true })).toMatch(/ \[::\]:7 +\[::\]:\* /);
    expect(at({ local: { address: 'fd00:9::2', port: 7 } })).toMatch(/ \[fd00:9::2\]:7 +\[::\]:\* /);
    expect(at({ local: { address: '0.0.0.0', port: 7 } })).toMatch(/ 0\.0\.0\.0:7 +0\.0\.0\.0:\* /);
  });

  test('timers and rates', () => {
    const timer = { name: 'on', expires: 204.7, retrans: 1 } as const;
    expect(formatSockets([{ owner, socket: socket({ timer }) }], { ...PLAIN, timers: true })).toContain(
      'timer:(on,204ms,1)',
    );
    expect([0, 999.9, 4500, 59_000, 60_000, 118_000].map(durationText)).toEqual([
      '0ms',
      '999ms',
      '4.500sec',
      '59sec',
      '1min',
      '1min58sec',
    ]);
    expect([12, 43_400, 23_505_626, 27_000_000_000].map(rateText)).toEqual(['12bps', '43.4kbps', '23.5Mbps', '27Gbps']);
  });

  test('the inside of a connection has the keys of ss -ti, in its order', async () => {
    const stack = new Stack();
    const server = stack.net.createServer((each) => each.pipe(each)).listen(7, '127.0.0.1');
    await once(server, 'listening');
    const client = stack.net.connect(7, '127.0.0.1');
    client.write('hello\n');
    await once(client, 'data');
    const { sockets } = report(stack, { program: 'x', limit: 9 });
    const text = formatSockets(
      sockets.filter(({ state }) => state === 'ESTAB').map((each) => ({ owner, socket: each })),
      { ...PLAIN, info: true },
    );
    client.destroy();
    server.close();
    await stack.close();
    const [, , inside = ''] = text.split('\n');
    expect(inside).toMatch(/^\t ts sack cubic wscale:\d+,\d+ rto:\d+/);
    // As the kernel's own (iproute2 6.1, for `ss -ti` of such a connection), as far as we know the same things.
    const kernels =
      'ts sack cubic wscale rto rtt mss pmtu advmss cwnd bytes_sent bytes_acked bytes_received segs_out segs_in send ' +
      'delivery_rate app_limited rcv_space minrtt snd_wnd';
    const ours = inside
      .trim()
      .split(' ')
      .filter((word) => !/^\d/.test(word))
      .map((word) => word.replace(/:.*/, ''));
    expect(ours.filter((key) => kernels.split(' ').includes(key))).toEqual(kernels.split(' '));
    expect(inside).toContain('bytes_sent:6 ');
    expect(inside).toContain('bytes_received:6 ');
    expect(inside).not.toMatch(/undefined|NaN|Infinity|null/);
  });
});

describe('the filters of ss', () => {
  const other = socket({
    state: 'TIME-WAIT',
    local: { address: 'fd00:9::2', port: 8080 },
    peer: { address: 'fd00::1', port: 9 },
  });
  const listener = socket({ state: 'LISTEN', local: { address: '0.0.0.0', port: 80 }, peer: null });
  const all = { echo: socket(), other, listener };
  const found = (text: string): string[] => {
    const { states, matches } = parseFilter(text.split(' ').filter((word) => word !== ''));
    return Object.entries(all)
      .filter(([, each]) => (states === undefined || states.has(each.state)) && matches(each))
      .map(([name]) => name);
  };

  test.each([
    ['', ['echo', 'other', 'listener']],
    ['state established', ['echo']],
    ['state time-wait state listening', ['other', 'listener']],
    ['exclude listening', ['echo', 'other']],
    ['state connected exclude time-wait', ['echo']],
    ['sport = :7', ['echo']],
    ['sport == 7', ['echo']],
    ['sport :7', ['echo']],
    ['sport != :7', ['other', 'listener']],
    ['sport >= :80', ['other', 'listener']],
    ['sport gt :80', ['other']],
    ['dport = :51080', ['echo']],
    ['dport < :10', ['other']],
    ['sport = :7 or sport = :80', ['echo', 'listener']],
    ['sport = :7 and dport = :9', []],
    ['not sport = :7', ['other', 'listener']],
    ['! ( sport = :7 or sport = :80 )', ['other']],
    ['( sport = :7 or sport = :80 ) src 10.9.0.0/16', ['echo']],
    ['src 10.9.0.2', ['echo']],
    ['src 10.9.0.2:7', ['echo']],
    ['src 10.9.0.2:8', []],
    ['dst 10.9.0.1', ['echo']],
    ['dst != 10.9.0.1', ['other', 'listener']],
    ['dst fd00::/16', ['other']],
    ['dst [fd00::1]:9', ['other']],
    ['dst fd00::1', ['other']],
    ['state established sport = :7', ['echo']],
  ])('%j', (text, expected) => {
    expect(found(text)).toEqual(expected);
  });

  test.each([
    'state',
    'state dreaming',
    'sport',
    'sport = :http',
    'sport = :70000',
    '( sport = :7',
    'sport = :7 )',
    'src here',
    'port = :7',
  ])('%j is none', (text) => {
    expect(() => parseFilter(text.split(' '))).toThrow(Failure);
  });
});
