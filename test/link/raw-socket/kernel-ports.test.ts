import { describe, expect, test } from '@jest/globals';
import { describeTaken, kernelsChoice, takenPorts } from '../../../src/link/raw-socket/kernel-ports';
import { parseAddress } from '../../../src/wire/address';

const ours = [parseAddress('10.7.0.2') ?? 0, parseAddress('fd07::2') ?? 0n];

const HEAD = '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n';
const REST = '00000000:00000000 00:00000000 00000000     0        0 181 1 000000005b3bafb1 100 0 0 10 0';

function table(...entries: string[]): string {
  return HEAD + entries.map((entry, index) => `   ${index}: ${entry} ${REST}\n`).join('');
}

function files(contents: Record<string, string>) {
  return (path: string): string | undefined => contents[path];
}

describe("the kernel's sockets", () => {
  test('of our addresses, or of all, take their ports; what is over or of others does not', () => {
    const taken = takenPorts(
      ours,
      files({
        '/proc/net/tcp': table(
          '00000000:0016 00000000:0000 0A', // listens everywhere
          '0200070A:4E20 0100070A:0050 01', // 10.7.0.2:20000, connected
          '0200070A:4E21 0100070A:0050 06', // TIME-WAIT
          '0100007F:0035 00000000:0000 0A', // 127.0.0.1
        ),
        '/proc/net/tcp6': table(
          '000007FD000000000000000003000000:1F90 00000000000000000000000000000000:0000 0A', // fd07::3
          '000007FD000000000000000002000000:1F91 00000000000000000000000000000000:0000 0A',
          '0000000000000000FFFF00000200070A:1F92 00000000000000000000000000000000:0000 0A', // ::ffff:10.7.0.2
        ),
        '/proc/net/udp6': table('00000000000000000000000000000000:0202 00000000000000000000000000000000:0000 07'),
      }),
    );
    expect(taken.map(describeTaken)).toEqual([
      'TCP port 22 (0.0.0.0)',
      'TCP port 20000 (10.7.0.2)',
      'TCP port 8081 (fd07::2)',
      'TCP port 8082 (10.7.0.2)',
      'UDP port 514 (::)',
    ]);
  });

  test('the ports that it chooses from are those of its range that nobody has reserved', () => {
    const choice = (range: string, reserved: string): string =>
      kernelsChoice(
        files({
          '/proc/sys/net/ipv4/ip_local_port_range': range,
          '/proc/sys/net/ipv4/ip_local_reserved_ports': reserved,
        }),
      ).toString();
    expect(choice('32768\t60999\n', '\n')).toBe('32768-60999');
    expect(choice('1024\t65000\n', '20000-29999,33000\n')).toBe('1024-19999,30000-32999,33001-65000');
    expect(kernelsChoice(() => undefined).toString()).toBe('32768-60999');
  });
});
