import { expect } from 'expect';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import * as nodeHttp from 'node:http';
import * as nodeNet from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dhcp, DhcpOptions, Interface, Stack } from '../../src';
import { capture } from '../../src/link/capture';
import type { Lab } from '../support/lab';
import { dissectFile } from '../support/lab-capture';
import type { Program } from '../support/lab-program';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

/** Times of the tests are short: nobody else is on this wire, except where a test says so. */
const QUICK: DhcpOptions = { probe: false };

interface Leased {
  readonly stack: Stack;
  readonly interface: Interface;
  readonly dhcp: Dhcp;
  /** Every state that the client has been in, in order. */
  readonly states: string[];
  /** The packets, once the stack is closed: messages by their names in Wireshark. */
  packets(): Promise<{ type: string; src: string; dst: string }[]>;
}

/** A stack on the TAP that has no address. Its packets are captured, and none may be malformed. */
function attached(lab: Lab, options: DhcpOptions = QUICK): Leased {
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

async function dnsmasq(lab: Lab, ...more: readonly string[]): Promise<Program> {
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

async function udhcpd(lab: Lab, ...more: readonly string[]): Promise<Program> {
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

function run(command: string): void {
  const [program = '', ...args] = command.split(' ');
  execFileSync(program, args);
}

labSuite(__filename, 'DHCP', ['dnsmasq', 'udhcpd', 'nft', 'tshark', 'ping'], (test) => {
  test('dnsmasq: an address, a route, names; a web page by name; given back at the end', async (lab) => {
    const server = await dnsmasq(
      lab,
      '--domain=corp.test',
      `--host-record=web.corp.test,${lab.kernel}`,
      '--dhcp-option=option:mtu,1400',
      '--dhcp-option=option:domain-search,corp.test,other.test',
      '--dhcp-option=option:classless-static-route,10.20.0.0/16,10.9.0.1,0.0.0.0/0,10.9.0.1',
    );
    const leased = attached(lab, { ...QUICK, mtu: true, hostName: 'synack' });
    const { stack } = leased;
    const lease = await leased.dhcp.ready;
    expect(lease).toMatchObject({
      prefixLength: 24,
      server: lab.kernel,
      nameServers: [lab.kernel],
      search: ['corp.test', 'other.test'],
      mtu: 1400,
    });
    expect(lease.address).toMatch(/^10\.9\.0\.5\d$/);
    expect(leased.interface.addresses.map(({ cidr }) => cidr)).toEqual([`${lease.address}/24`]);
    expect(leased.interface.mtu).toBe(1400);
    expect(stack.ip.routes.filter(({ gateway }) => gateway !== undefined).map(({ length }) => length)).toEqual([16, 0]);

    expect(await lab.start('ping', '-c1', '-W5', lease.address).ended).toBe(0);
    expect(await stack.dns.promises.resolve4('web.corp.test')).toEqual([lab.kernel]);
    expect(stack.dns.getServers()).toEqual([lab.kernel]);
    const web = nodeHttp.createServer((_, response) => response.end('a page')).listen(0, lab.kernel);
    lab.atEnd(() => web.close());
    await once(web, 'listening');
    const { port } = web.address() as nodeNet.AddressInfo;
    // By its short name, in the domain of the lease.
    expect(await (await stack.fetch(`http://web:${port}/`)).text()).toBe('a page');

    await stack.close();
    await server.complains('DHCPRELEASE');
    const packets = await leased.packets();
    expect(packets.map(({ type }) => type)).toEqual(['1', '2', '3', '5', '7']);
    // Told at the address that we did not have yet, as we can be.
    expect(packets[1]).toMatchObject({ src: lab.kernel, dst: lease.address });
    expect(packets[4]).toMatchObject({ src: lease.address, dst: lab.kernel });
  });

  test('dnsmasq: broadcasts when it is told to', async (lab) => {
    await dnsmasq(lab);
    const leased = attached(lab, { ...QUICK, broadcast: true, clientId: 'duid' });
    await leased.dhcp.ready;
    await leased.stack.close();
    const packets = await leased.packets();
    expect(packets.slice(0, 4).map(({ dst }) => dst)).toEqual(Array(4).fill('255.255.255.255'));
  });

  test('dnsmasq: an address from before is had again; one of another network is refused', async (lab) => {
    await dnsmasq(lab, '--dhcp-authoritative');
    const leased = attached(lab, { ...QUICK, previous: '10.9.0.57', release: false });
    expect(await leased.dhcp.ready).toMatchObject({ address: '10.9.0.57' });
    expect(leased.states).toEqual(['INIT-REBOOT', 'REBOOTING', 'BOUND']);
    await leased.stack.close();

    const elsewhere = attached(lab, { ...QUICK, previous: '172.16.0.9' });
    expect((await elsewhere.dhcp.ready).address).toMatch(/^10\.9\.0\.5/);
    expect(elsewhere.states).toEqual(['INIT-REBOOT', 'REBOOTING', 'INIT', 'SELECTING', 'REQUESTING', 'BOUND']);
    await elsewhere.stack.close();
    expect((await elsewhere.packets()).map(({ type }) => type).slice(0, 3)).toEqual(['3', '6', '1']);
  });

  test('udhcpd: renewed, rebound when the server is not heard alone, expired when it is gone', async (lab) => {
    const server = await udhcpd(lab, 'option lease 4');
    const leased = attached(lab, { ...QUICK, minLease: 2_000_000 });
    const { stack, dhcp } = leased;
    const { address } = await dhcp.ready;
    const listener = nodeNet.createServer((socket) => socket.resume()).listen(0, lab.kernel);
    lab.atEnd(() => listener.close());
    await once(listener, 'listening');
    const socket = stack.net.connect((listener.address() as nodeNet.AddressInfo).port, lab.kernel);
    await once(socket, 'connect');
    const failed = once(socket, 'error') as Promise<[NodeJS.ErrnoException]>;

    await until(
      () => `a renewal; there was ${leased.states.join()}`,
      () => leased.states.slice(-2).join() === 'RENEWING,BOUND',
    );
    run('nft add table ip synack_dhcp');
    lab.atEnd(() => {
      run('nft delete table ip synack_dhcp');
    });
    run('nft add chain ip synack_dhcp input { type filter hook input priority 0 ; }');
    run(`nft add rule ip synack_dhcp input ip daddr ${lab.kernel} udp dport 67 drop`);
    await until(
      () => `a new binding; there was ${leased.states.join()}`,
      () => leased.states.slice(-3).join() === 'RENEWING,REBINDING,BOUND',
    );
    expect(dhcp.lease?.address).toBe(address);

    await server.end();
    await until(
      () => `the end of the lease; there was ${leased.states.join()}`,
      () => dhcp.lease === undefined,
    );
    expect(leased.states.slice(-3)).toEqual(['RENEWING', 'REBINDING', 'SELECTING']);
    expect(leased.interface.addresses).toEqual([]);
    expect(stack.ip.routes.filter((route) => route.interface === leased.interface)).toEqual([]);
    const [error] = await failed;
    expect(error.code).toBe('EADDRNOTAVAIL');
    await stack.close();
    const packets = await leased.packets();
    const renewal = packets.find(({ type, src }) => type === '3' && src === address);
    expect(renewal?.dst).toBe(lab.kernel);
  });

  test('nobody answers: the promise says so in words, and the client goes on', async (lab) => {
    const leased = attached(lab, { ...QUICK, timeout: 200_000 });
    await expect(leased.dhcp.ready).rejects.toThrow(
      `no DHCP server answered on ${lab.tap} within 0.2 s; is there one on this wire`,
    );
    await udhcpd(lab);
    await until(
      () => `an address; there was ${leased.states.join()}`,
      () => leased.dhcp.lease,
    );
  });
});
