import { describe, expect, test } from '@jest/globals';
import { choosePorts, type OtherUsers } from '../../../src/link/raw-socket/choose-ports';
import { PortSet } from '../../../src/link/raw-socket/ports';
import { LinkError } from '../../../src/link/errors';

const DOING = 'cannot open raw eth0';
const NOBODY: OtherUsers = { taken: [], kernelsChoice: new PortSet([{ first: 32_768, last: 60_999 }]), others: [] };

function choose(text: string | undefined, users: Partial<OtherUsers> = {}): string {
  try {
    const { ports, ephemeral } = choosePorts(DOING, text, { ...NOBODY, ...users });
    return `${ports.toString()}; ${ephemeral.first} to ${ephemeral.last}`;
  } catch (error) {
    if (!(error instanceof LinkError)) throw error;
    return `${error.code} ${error.message}`;
  }
}

function tcp(port: number) {
  return { transport: 'TCP', port, address: 0 } as const;
}

describe('ports of a raw link', () => {
  test.each([
    [undefined, '20000-29999; 20000 to 29999'],
    ['80,443', '80,443,20000-29999; 20000 to 29999'],
    ['80,10000-10099', '80,10000-10099; 10000 to 10099'],
    ['80-90', '80-90,20000-29999; 20000 to 29999'],
    ['21000', '21000-29999; 21001 to 29999'],
  ])('%s', (text, chosen) => {
    expect(choose(text)).toBe(chosen);
  });

  test('those that go out keep clear of what others have', () => {
    const users = {
      taken: [tcp(27_017)],
      others: [{ pid: 9, ports: new PortSet([{ first: 20_000, last: 24_999 }]) }],
    };
    expect(choose(undefined, users)).toBe('27018-29999; 27018 to 29999');
  });

  test.each([
    ['80,x', {}, 'EINVAL', 'the ports "80,x" cannot be read; .* as in 80,443,20000-29999'],
    ['80', { taken: [tcp(80)] }, 'EADDRINUSE', 'a program on this host has TCP port 80 \\(0.0.0.0\\); stop it, or'],
    [
      '80,20000-29999',
      { others: [{ pid: 9, ports: new PortSet([{ first: 29_000, last: 31_000 }]) }] },
      'EADDRINUSE',
      'process 9 has a raw link with the ports 29000-29999; take others',
    ],
    [
      '80,32000-33000',
      {},
      'EADDRINUSE',
      'the kernel chooses from the ports 32768-33000 .*ip_local_reserved_ports=32768-33000',
    ],
    [
      '80',
      { others: [{ pid: 9, ports: new PortSet([{ first: 20_000, last: 29_999 }]) }] },
      'EADDRINUSE',
      "too few of the ports 20000-29999 are free .*processes 9 .* ports: '80,10000-14999'",
    ],
    [Array.from({ length: 1001 }, (_, index) => 2 * index + 1).join(','), {}, 'EINVAL', '1001 ranges of ports'],
  ])('%.20s is refused with words', (text, users, code, words) => {
    expect(choose(text, users)).toMatch(new RegExp(`^${code} ${DOING}: .*${words}`));
  });
});
