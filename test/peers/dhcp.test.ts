import { expect } from 'expect';
import { once } from 'node:events';
import * as nodeHttp from 'node:http';
import * as nodeNet from 'node:net';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';
import { attached, dnsmasq, QUICK, run, udhcpd } from './dhcp-lab';

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
