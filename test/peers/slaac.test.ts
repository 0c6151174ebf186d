import { expect } from 'expect';
import { appendFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from '../../src/link/capture';
import type { Interface } from '../../src/ip/interface';
import { formatAddress } from '../../src/wire/address';
import type { Lab } from '../support/lab';
import { dissectFile } from '../support/lab-capture';
import { labSuite } from '../support/lab-suite';
import { until } from '../support/lab-until';

labSuite(
  __filename,
  'SLAAC, from dnsmasq',
  ['dnsmasq', 'ping', 'rdisc6', 'tshark'],
  (test) => {
    test('an address of the prefix, a default route, a name server; and the kernel reaches us there', async (lab) => {
      const directory = await mkdtemp(join(tmpdir(), 'synack-slaac-'));
      lab.atEnd(() => void rm(directory, { recursive: true }));
      const file = join(directory, 'slaac.pcapng');
      routers(lab);
      const stack = lab.attach({
        config: { address: [], slaac: true },
        through: (tap, clock) =>
          capture(
            tap,
            (bytes) => {
              appendFileSync(file, bytes);
            },
            { clock },
          ),
      });
      const on = stack.ip.interfaces.find(({ loopback }) => !loopback);
      if (on === undefined) throw new Error('no interface');
      const address = await preferred(on);
      expect(address).toMatch(/^fd00:9::/);
      expect(stack.ip.routes.some(({ length, gateway }) => length === 0 && gateway !== undefined)).toBe(true);
      expect(on.autoconfiguration?.dns.servers).toEqual([`fe80::1%${on.index}`]);
      expect(stack.dns.getServers()).toEqual([`fe80::1%${lab.tap}`]);
      const ping = lab.start('ping', '-6', '-c', '3', '-i', '0.2', address);
      expect(await ping.ended).toBe(0);

      // What has gone over the wire until now is well formed, in Wireshark's eyes.
      const packets = await dissectFile(file, ['icmpv6.type', '_ws.malformed', 'icmpv6.checksum.status']);
      const types = packets.map((each) => each['icmpv6.type']);
      for (const type of ['134', '135', '136', '128', '129']) expect(types).toContain(type);
      expect(packets.filter((each) => each['_ws.malformed'] !== '')).toEqual([]);
      expect(packets.filter((each) => each['icmpv6.checksum.status'] === '0')).toEqual([]);
    });

    test('the router is gone: when its time is over its route goes, too', async (lab) => {
      const dnsmasq = routers(lab, 4, 7);
      const stack = lab.attach({ config: { address: [], slaac: true } });
      const isThere = (): boolean => stack.ip.routes.some(({ network, length }) => network === 0n && length === 0);
      await until(() => 'a default route', isThere);
      dnsmasq.signal('SIGTERM');
      await until(
        () => 'the end of the default route',
        () => !isThere(),
      );
    });
  },
  { ipv6: true },
);

/** @param interval between two advertisements, and @param lifetime of the router, seconds */
function routers(lab: Lab, interval = 10, lifetime = 60) {
  const ranges = ['--enable-ra', '--dhcp-range=fd00:9::,ra-only,64,3600', `--ra-param=tap0,${interval},${lifetime}`];
  const alone = ['--conf-file=/dev/null', '--no-daemon', '--no-resolv', '--no-hosts', '--pid-file=', '--leasefile-ro'];
  return lab.start('dnsmasq', ...alone, '--user=root', '--interface=tap0', '--bind-interfaces', ...ranges);
}

async function preferred(on: Interface): Promise<string> {
  return until(
    () => `an address; there is ${on.addresses6.map(({ cidr, state }) => `${cidr} ${state}`).join()}`,
    () => {
      const own = on.addresses6.find(({ origin, state }) => origin === 'autoconf' && state === 'preferred');
      return own && formatAddress(own.address);
    },
  );
}
