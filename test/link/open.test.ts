import { describe, expect, test } from '@jest/globals';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { UdpTunnelLink, VirtualClock, type FrameBatch } from '../../src';
import { LinkError } from '../../src/link/errors';
import { openLink } from '../../src/link/open';

describe('links from their notation', () => {
  test('a cable in memory: who opens it first has one end, who opens it next the other', async () => {
    const clock = new VirtualClock();
    const [one, other] = [await openLink('memory:cable', { clock }), await openLink('memory:cable', { clock })];
    const arrived: string[] = [];
    other.link.onReceive = (batch) => {
      arrived.push(...batch.map((frame) => Buffer.from(frame).toString('hex')));
    };
    one.link.send([Uint8Array.of(1, 2), Uint8Array.of(3)]);
    clock.advanceBy(1);
    expect(arrived).toEqual(['010203']);
    expect((await openLink('memory:cable', { clock })).link).not.toBe(one.link);
  });

  test('a tunnel by UDP: one end learns of the other, both have the key of a file', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'synack-key-')), 'key');
    writeFileSync(file, 'secret\n');
    const { link } = await openLink(`udp:0,learn,local=127.0.0.1,key-file=${file},medium=ip,mtu=1200`);
    if (!(link instanceof UdpTunnelLink)) throw new Error(`${link.name} is another link`);
    const { link: other } = await openLink(`udp:0:127.0.0.1:${link.local.port},key=secret,medium=ip,mtu=1200`);
    const arrived = new Promise<FrameBatch>((resolve) => (link.onReceive = resolve));
    other.send([new Uint8Array(20).fill(0x45)]);
    expect((await arrived).map(({ length }) => length)).toEqual([20]);
    expect({ medium: link.medium, mtu: link.mtu }).toEqual({ medium: 'ip', mtu: 1200 });
    await Promise.all([link.close(), other.close()]);
    rmSync(dirname(file), { recursive: true });
  });

  test('what the notation says of the interface is what attach takes', async () => {
    const clock = new VirtualClock();
    const open = async (text: string): Promise<unknown> => (await openLink(text, { clock })).config;
    expect(await open('memory:a,address=10.9.0.2/24+fd00:9::2/64,gateway=10.9.0.1,metric=3')).toEqual({
      address: ['10.9.0.2/24', 'fd00:9::2/64'],
      gateway: '10.9.0.1',
      metric: 3,
    });
    expect(await open('memory:b,address=dhcp+auto+link-local,gateway=10.9.0.1+fe80::1,masquerade')).toEqual({
      address: [],
      dhcp: true,
      slaac: true,
      linkLocal: true,
      gateway: ['10.9.0.1', 'fe80::1'],
      masquerade: true,
    });
    expect(await open('memory:c,mac=02:00:5e:00:00:01')).toEqual({ address: [], mac: '02:00:5e:00:00:01' });
    // Where there is no Ethernet a MAC means nothing.
    expect(await open('memory:d,medium=ip,mac=02:00:5e:00:00:01')).toEqual({ address: [] });
  });

  test.each([
    ['memory:e,mtu=large', 'mtu is a whole number'],
    ['udp:0', 'where whoever sends first is to be it, say learn'],
    ['udp:0:127.0.0.1:9,learn', 'here one is named'],
    ['udp:0,learn,key=k,key-file=f', 'key and key-file are two keys'],
    ['udp:0,learn,key-file=/nowhere/key', 'cannot read the key: ENOENT'],
    ['udp:0,learn,mtu=20', 'cannot open UDP tunnel'],
    ['ws:ws://127.0.0.1:9/', 'cannot open WebSocket tunnel ws://127.0.0.1:9/: '],
    ['memory:f,medium=air', 'medium is one of ethernet, ip'],
    ['tap:tap0,offload=some', 'offload is one of kernel, software, none'],
    ['tap:not/a/name', 'cannot open TAP not/a/name'],
  ])('%s cannot be opened', async (text, reason) => {
    const opening = openLink(text, { clock: new VirtualClock() });
    await expect(opening).rejects.toBeInstanceOf(LinkError);
    await expect(opening).rejects.toThrow(reason);
  });
});
