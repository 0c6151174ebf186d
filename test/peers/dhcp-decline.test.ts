import { expect } from 'expect';
import { labSuite } from '../support/lab-suite';
import { attached, dnsmasq, QUICK, run } from './dhcp-lab';

labSuite(__filename, 'DHCP and address conflicts', ['dnsmasq', 'tshark'], (test) => {
  test('an address that another host on the wire has is declined, and the next one taken', async (lab) => {
    const server = await dnsmasq(lab);
    // Without a wish, dnsmasq draws an address from the client's identifier: so the other host gets the one that we would get.
    const first = attached(lab, QUICK);
    const { address: taken } = await first.dhcp.ready;
    await first.stack.close();
    await server.complains('DHCPRELEASE');
    run(`ip address add ${taken}/32 dev ${lab.tap}`);
    lab.atEnd(() => {
      run(`ip address del ${taken}/32 dev ${lab.tap}`);
    });
    // The other host is the server's: what it sends to that address does not leave it.
    const leased = attached(lab, { timeout: 25_000_000, broadcast: true });
    await server.complains('DHCPDECLINE');
    expect(leased.interface.addresses).toEqual([]);
    // RFC 2131: ten seconds, and then RFC 5227's probes.
    expect((await leased.dhcp.ready).address).not.toBe(taken);
    await leased.stack.close();
    const types = (await leased.packets()).map(({ type }) => type);
    expect(types).toEqual(['1', '2', '3', '5', '4', '1', '2', '3', '5', '7']);
  });
});
