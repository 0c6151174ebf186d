import { describe, expect, test } from '@jest/globals';
import { LinkError } from '../../src/link/errors';
import { LINK_KINDS, parseLink, parseUdpTarget } from '../../src/link/notation';

const NOTHING = { addresses: [], gateways: [] };

describe('the notation for links', () => {
  test('kind and target', () => {
    expect(parseLink('tap:tap0')).toEqual({
      kind: 'tap',
      target: 'tap0',
      settings: {},
      interface: NOTHING,
      text: 'tap:tap0',
    });
    expect(parseLink(' raw:eth0.100 ').target).toBe('eth0.100');
    expect(parseLink('memory')).toMatchObject({ kind: 'memory', target: '' });
    expect(parseLink('memory:cable')).toMatchObject({ kind: 'memory', target: 'cable' });
    expect(parseLink('ws:wss://relay.example:8443/room?key=a%2Cb')).toMatchObject({
      kind: 'ws',
      target: 'wss://relay.example:8443/room?key=a,b',
    });
  });

  test("settings: the link's own, and the interface's", () => {
    expect(parseLink('tap:tap0,mtu=9000,offload=none,persist')).toMatchObject({
      settings: { mtu: '9000', offload: 'none', persist: '' },
      interface: NOTHING,
    });
    expect(
      parseLink('pcap:eth0,mac=02:00:5e:00:00:01,address=10.9.0.2/24,address=fd00:9::2/64,gateway=10.9.0.1,metric=7'),
    ).toMatchObject({
      settings: {},
      interface: {
        addresses: ['10.9.0.2/24', 'fd00:9::2/64'],
        gateways: ['10.9.0.1'],
        mac: '02:00:5e:00:00:01',
        metric: 7,
      },
    });
    expect(parseLink('raw:eth0,ports=8080+20000-29999,masquerade')).toMatchObject({
      settings: { ports: '8080+20000-29999' },
      interface: { masquerade: true },
    });
    expect(parseLink('tap:tap0,masquerade=no').interface.masquerade).toBe(false);
  });

  test('several values of one setting: with a + between them, or again', () => {
    const together = parseLink('tun:tun0,address=10.9.0.2/24+fd00:9::2/64,gateway=10.9.0.1+fe80::1').interface;
    expect(together.addresses).toEqual(['10.9.0.2/24', 'fd00:9::2/64']);
    expect(together.gateways).toEqual(['10.9.0.1', 'fe80::1']);
    expect(parseLink('pcap:eth0,address=dhcp+auto').interface.addresses).toEqual(['dhcp', 'auto']);
  });

  test('the ends of a tunnel in UDP', () => {
    expect(parseUdpTarget('', '4789:10.0.0.2:4790')).toEqual({
      localPort: 4789,
      peer: { host: '10.0.0.2', port: 4790 },
    });
    expect(parseUdpTarget('', '0:[fd00::2]:4789')).toEqual({ localPort: 0, peer: { host: 'fd00::2', port: 4789 } });
    expect(parseUdpTarget('', '4789')).toEqual({ localPort: 4789, peer: undefined });
    expect(parseUdpTarget('', '1:relay.example:2')).toEqual({
      localPort: 1,
      peer: { host: 'relay.example', port: 2 },
    });
  });

  test.each([
    ['', 'does not say what kind of link it is'],
    ['eth0', 'does not say what kind of link it is'],
    ['tap', 'needs the name of a device'],
    ['tap:', 'needs the name of a device'],
    ['wifi:wlan0', 'no kind of link "wifi"'],
    ['tap:tap0,speed=9', '"speed" is no setting of tap; there are mtu, offload'],
    ['tap:tap0,ports=80', '"ports" is no setting of tap'],
    ['tap:tap0,mtu', 'mtu has no value'],
    ['tap:tap0,mtu=', 'mtu has no value'],
    ['tap:tap0,mtu=1,mtu=2', 'mtu stands twice'],
    ['tap:tap0,address=10.9.0.2', 'prefix length'],
    ['tap:tap0,address=soon', 'prefix length'],
    ['tap:tap0,metric=low', 'metric is a whole number'],
    ['tap:tap0,masquerade=maybe', 'masquerade is yes or no'],
    ['udp:4789', 'udp:4789:10.0.0.2:4789'],
    ['udp:1:fd00::2:2', 'udp:4789:10.0.0.2:4789'],
    ['udp:1:host:99999', 'udp:4789:10.0.0.2:4789'],
    ['udp:1:host:0', 'udp:4789:10.0.0.2:4789'],
    ['ws:10.0.0.1', 'URL of a WebSocket'],
    ['ws:http://10.0.0.1', 'URL of a WebSocket'],
  ])('%j is none, and the message says why and shows the forms', (text, reason) => {
    let error: unknown;
    try {
      parseLink(text);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toBeInstanceOf(LinkError);
    expect(error).toMatchObject({ code: 'EINVAL' });
    expect(String(error)).toContain(`"${text}"`);
    expect(String(error)).toContain(reason);
    for (const kind of LINK_KINDS) expect(String(error)).toMatch(new RegExp(`^ {2}${kind}:`, 'm'));
  });
});
