import { expect } from 'expect';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dhcp, DhcpOptions, Interface, Stack } from '../../src';
import { capture } from '../../src/link/capture';
import type { Lab } from '../support/lab';
import { dissectFile } from '../support/lab-capture';
import type { Program } from '../support/lab-program';

/** Times of the tests are short: nobody else is on this wire, except where a test says so. */
export const QUICK: DhcpOptions = { probe: false };

export interface Leased {
  readonly stack: Stack;
  readonly interface: Interface;
  readonly dhcp: Dhcp;
  /** Every state that the client has been in, in order. */
  readonly states: string[];
  /** The packets, once the stack is closed: messages by their names in Wireshark. */
  packets(): Promise<{ type: string; src: string; dst: string }[]>;
}

/** A stack on the TAP that has no address. Its packets are captured, and none may be malformed. */
export function attached(lab: Lab, options: DhcpOptions = QUICK): Leased {
  const directory = temporary(lab);
  const file = join(directory, 'capture.pcapng');
  const blocks: Uint8Array[] = [];
  const states: string[] = [];
  const stack = lab.attach({
    config: { address: [], dhcp: options },
    through: (tap, clock) => capture(tap, (block) => blocks.push(block.slice()), { clock }),
    observe: (event) => {
      if (event.type === 'dhcp-state') states.push(event.to);
    },
  });
  const [, on] = stack.ip.interfaces;
  if (on?.dhcp === undefined) throw new Error('no interface with DHCP');
  const packets = async () => {
    writeFileSync(file, Buffer.concat(blocks));
    const fields = ['dhcp.option.dhcp', 'ip.src', 'ip.dst', '_ws.malformed', '_ws.expert.severity'] as const;
    const dissected = await dissectFile(file, fields);
    expect(dissected.filter((packet) => packet['_ws.malformed'] !== '')).toEqual([]);
    return dissected
      .filter((packet) => packet['dhcp.option.dhcp'] !== '')
      .map((packet) => ({ type: packet['dhcp.option.dhcp'], src: packet['ip.src'], dst: packet['ip.dst'] }));
  };
  return { stack, interface: on, dhcp: on.dhcp, states, packets };
}

function temporary(lab: Lab): string {
  const directory = mkdtempSync(join(tmpdir(), 'synack-dhcp-'));
  lab.atEnd(() => {
    rmSync(directory, { recursive: true });
  });
  return directory;
}

export async function dnsmasq(lab: Lab, ...more: readonly string[]): Promise<Program> {
  const program = lab.start(
    'dnsmasq',
    '--conf-file=/dev/null',
    '--keep-in-foreground',
    '--log-facility=-',
    '--log-dhcp',
    '--user=root',
    '--pid-file=',
    '--no-resolv',
    '--no-hosts',
    '--no-ping',
    '--bind-interfaces',
    `--interface=${lab.tap}`,
    `--dhcp-leasefile=${join(temporary(lab), 'leases')}`,
    '--dhcp-range=10.9.0.50,10.9.0.59,255.255.255.0,2m',
    ...more,
  );
  await program.complains('started');
  return program;
}

export async function udhcpd(lab: Lab, ...more: readonly string[]): Promise<Program> {
  const directory = temporary(lab);
  const leases = join(directory, 'leases');
  const config = join(directory, 'udhcpd.conf');
  const lines = [
    'start 10.9.0.50',
    'end 10.9.0.59',
    `interface ${lab.tap}`,
    `lease_file ${leases}`,
    `pidfile ${join(directory, 'pid')}`,
    'option subnet 255.255.255.0',
    `option router ${lab.kernel}`,
    ...more,
  ];
  writeFileSync(leases, '');
  writeFileSync(config, `${lines.join('\n')}\n`);
  const program = lab.start('udhcpd', '-f', '-a', '100', config);
  await program.complains('started');
  return program;
}

export function run(command: string): void {
  const [program = '', ...args] = command.split(' ');
  execFileSync(program, args);
}
