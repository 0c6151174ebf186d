import { describe, expect, test } from '@jest/globals';
import {
  clearStale,
  explainNft,
  kernelProcesses,
  NftFailure,
  Table,
  type RunNft,
} from '../../../src/link/raw-socket/nftables';
import { PortSet } from '../../../src/link/raw-socket/ports';
import { installText, ownerOf, stateOf } from '../../../src/link/raw-socket/rules';
import { parseAddress } from '../../../src/wire/address';

const SILENCED = {
  addresses: [parseAddress('10.7.0.2') ?? 0, parseAddress('fd07::2') ?? 0n],
  ports: new PortSet([
    { first: 80, last: 80 },
    { first: 20_000, last: 29_999 },
  ]),
  echo: false,
};

/** An `nft` that remembers what it was told and says what it is to say. */
function fakeNft(answers: Record<string, string> = {}) {
  const told: string[] = [];
  const nft: RunNft = (args, input = '') => {
    told.push(input === '' ? args.join(' ') : input);
    return answers[args.at(-1) ?? ''] ?? '{"nftables":[]}';
  };
  return { nft, told };
}

/** `nft -j list table` of a table with the ports 80 and 20000 to 29999, as nft 1.0.6 writes it. */
const LISTED = JSON.stringify({
  nftables: [
    { metainfo: { version: '1.0.6' } },
    { table: { family: 'inet', name: 'x' } },
    {
      rule: {
        chain: 'answers',
        comment: 'sent by a program',
        expr: [{ counter: { packets: 3, bytes: 120 } }, { accept: null }],
      },
    },
    {
      rule: {
        chain: 'answers',
        comment: 'sent by the kernel itself',
        expr: [{ counter: { packets: 17, bytes: 680 } }, { drop: null }],
      },
    },
    {
      rule: {
        chain: 'output',
        expr: [
          { match: { op: '==', left: { payload: { protocol: 'ip', field: 'saddr' } }, right: '10.7.0.2' } },
          {
            match: {
              op: '==',
              left: { payload: { protocol: 'tcp', field: 'sport' } },
              right: { set: [80, { range: [20000, 29999] }] },
            },
          },
          { jump: { target: 'answers' } },
        ],
      },
    },
  ],
});

describe('the rules', () => {
  test('are about our addresses and ports, and about answers of the kernel only', () => {
    expect(installText('synack_raw_1_2_3_4', SILENCED)).toBe(`add table inet synack_raw_1_2_3_4
delete table inet synack_raw_1_2_3_4
table inet synack_raw_1_2_3_4 {
  chain answers {
    meta skuid 0-4294967295 counter accept comment "sent by a program"
    oifname "lo" accept
    counter drop comment "sent by the kernel itself"
  }
  chain output {
    type filter hook output priority raw; policy accept;
    ip saddr { 10.7.0.2 } tcp flags & rst == rst tcp sport { 80, 20000-29999 } jump answers
    ip saddr { 10.7.0.2 } icmp type destination-unreachable icmp code port-unreachable @th,64,8 0x45 @th,136,8 17 @th,240,16 { 80, 20000-29999 } jump answers
    ip6 saddr { fd07::2 } tcp flags & rst == rst tcp sport { 80, 20000-29999 } jump answers
    ip6 saddr { fd07::2 } icmpv6 type destination-unreachable icmpv6 code port-unreachable @th,112,8 17 @th,400,16 { 80, 20000-29999 } jump answers
  }
}
`);
  });

  test('are about pings only when those are ours, and about a family only when it has an address', () => {
    const text = installText('t', { ...SILENCED, addresses: SILENCED.addresses.slice(0, 1), echo: true });
    expect(text).toContain('ip saddr { 10.7.0.2 } icmp type echo-reply jump answers');
    expect(text).not.toContain('ip6');
    expect(installText('t', SILENCED)).not.toContain('echo');
  });

  test('are read back: counters and ports', () => {
    const { ports, ...rest } = stateOf(LISTED);
    expect(ports.toString()).toBe('80,20000-29999');
    expect(rest).toEqual({ passed: 3, dropped: 17, rules: 1 });
    expect(stateOf('{"nftables":[]}')).toMatchObject({ passed: undefined, dropped: undefined, rules: 0 });
  });
});

describe('whose a table is', () => {
  const stat = (name: string, start: number): string =>
    `41 (${name}) S 1 41 41 0 -1 4194560 1 2 3 4 5 6 7 8 20 0 1 0 ${start} 1000 100\n`;
  const read = (path: string): string | undefined =>
    ({ '/proc/self/stat': stat('node', 500), '/proc/41/stat': stat('a) S (b', 900) })[path];
  const processes = kernelProcesses(read, () => 'pid:[77]');

  test('stands in its name', () => {
    const { name } = new Table(processes, fakeNft().nft);
    expect(ownerOf(name)).toEqual({ pidNamespace: 77, pid: process.pid, start: 500 });
    expect(['synack_raw_1', 'filter', 'synack_raw_1_2_3_4x'].map(ownerOf)).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    [{ pidNamespace: 77, pid: 41, start: 900 }, true, 'it is there'],
    [{ pidNamespace: 77, pid: 41, start: 899 }, false, 'another one has its number'],
    [{ pidNamespace: 77, pid: 42, start: 900 }, false, 'there is none'],
    [{ pidNamespace: 78, pid: 42, start: 900 }, true, 'it cannot be seen from here'],
  ])('%j is alive: %s, because %s', (owner, isAlive) => {
    expect(processes.isAlive(owner)).toBe(isAlive);
  });

  test('tables of dead processes are removed in one go, foreign ones and those of living ones stay', () => {
    const living = 'synack_raw_77_41_900_1';
    const tables = ['filter', 'synack_raw_77_41_1_1', living, 'synack_raw_77_99_5_2'];
    const { nft, told } = fakeNft({
      inet: JSON.stringify({ nftables: tables.map((name) => ({ table: { family: 'inet', name } })) }),
      [living]: LISTED,
    });
    const others = clearStale(processes, nft);
    expect(others.map(({ pid, ports }) => `${pid}: ${ports.toString()}`)).toEqual(['41: 80,20000-29999']);
    expect(told).toEqual([
      '-j list tables inet',
      ['synack_raw_77_41_1_1', 'synack_raw_77_99_5_2']
        .map((name) => `add table inet ${name}\ndelete table inet ${name}\n`)
        .join(''),
      `-j list table inet ${living}`,
    ]);
  });

  test('a table that was never made, or is removed already, is not removed', () => {
    const { nft, told } = fakeNft();
    const table = new Table(processes, nft);
    table.remove();
    expect(told).toEqual([]);
    table.install(SILENCED);
    table.remove();
    table.remove();
    expect(told.slice(1)).toEqual([`add table inet ${table.name}\ndelete table inet ${table.name}\n`]);
  });
});

test.each([
  ['ENOENT', 'apt-get install nftables'],
  ['EPERM', 'CAP_NET_ADMIN .*--cap-add NET_ADMIN'],
  ['EIO', 'nft failed: it is raining'],
] as const)('%s of nft says what to do', (code, words) => {
  const error = explainNft('cannot open raw eth0', new NftFailure(code, 'it is raining'));
  expect(error.code).toBe(code);
  expect(error.message).toMatch(new RegExp(`^cannot open raw eth0: .*${words}`));
});
