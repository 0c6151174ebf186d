import { describe, expect, test } from '@jest/globals';
import type { DhcpOptionValues } from '../../../src/wire';
import { ADDRESS, MAC, Scripted, SECOND, SERVER, TERMS } from './scripted';

const OTHER = '10.9.0.3';

/** The times between the messages that went out, in s. */
function gaps(t: Scripted): number[] {
  return t.sent.slice(1).map(({ at }, index) => (at - (t.sent[index]?.at ?? 0)) / SECOND);
}

describe('to an address', () => {
  test('DISCOVER, OFFER, REQUEST, ACK (RFC 2131 §3.1)', () => {
    const t = new Scripted().start().answer('offer').answer('ack');
    expect(t.log()).toEqual([
      '0 STOPPED → INIT',
      '0 INIT → SELECTING',
      '0 discover to all',
      '0 SELECTING → REQUESTING',
      `0 request to all for ${ADDRESS} of ${SERVER}`,
      `0 has ${ADDRESS}`,
      '0 REQUESTING → BOUND',
    ]);
    expect(t.client.lease).toMatchObject({
      address: ADDRESS,
      prefixLength: 24,
      server: SERVER,
      expires: 3600 * SECOND,
    });
  });

  test('what a DISCOVER and a REQUEST have in them (RFC 2131, table 5)', () => {
    const t = new Scripted({ hostName: 'a', leaseTime: 60 * SECOND, vendorClass: 'synack' }).start().answer('offer');
    const [discover, request] = t.sent.map(({ message }) => message);
    expect(discover).toMatchObject({
      op: 'request',
      hardwareType: 1,
      ciaddr: '0.0.0.0',
      yiaddr: '0.0.0.0',
      broadcast: false,
      chaddr: MAC,
      options: {
        messageType: 'discover',
        clientIdentifier: Uint8Array.of(1, ...MAC),
        hostName: 'a',
        vendorClass: 'synack',
        leaseTime: 60,
        maximumMessageSize: 1500,
      },
    });
    expect(discover?.options.parameterRequestList?.slice(0, 3)).toEqual([1, 121, 3]);
    expect(discover?.options).not.toHaveProperty('serverIdentifier');
    expect(request).toMatchObject({
      xid: discover?.xid,
      secs: discover?.secs,
      ciaddr: '0.0.0.0',
      options: { messageType: 'request', requestedAddress: ADDRESS, serverIdentifier: SERVER },
    });
  });

  test('servers are told to broadcast where that is wanted', () => {
    expect(new Scripted({ broadcast: true }).start().last.broadcast).toBe(true);
  });

  test('the identifier can be a DUID (RFC 4361), or any', () => {
    const identifier = (clientId: 'duid' | Uint8Array) =>
      new Scripted({ clientId }).start().last.options.clientIdentifier;
    expect(identifier('duid')).toEqual(Uint8Array.of(255, ...MAC.subarray(2), 0, 3, 0, 1, ...MAC));
    expect(identifier(Uint8Array.of(0, 7))).toEqual(Uint8Array.of(0, 7));
  });

  test('lost offers: 4 s, 8 s, … 64 s, each a second more or less, with the same xid (RFC 2131 §4.1)', () => {
    const t = new Scripted().start().after(400 * SECOND);
    const between = gaps(t);
    for (const [index, expected] of [4, 8, 16, 32, 64, 64, 64].entries()) {
      expect(between[index]).toBeGreaterThanOrEqual(expected - 1);
      expect(between[index]).toBeLessThanOrEqual(expected + 1);
      expect(between[index]).not.toBe(expected);
    }
    expect(new Set(t.sent.map(({ message }) => message.xid)).size).toBe(1);
    expect(t.sent.map(({ message, at }) => message.secs - Math.floor(at / SECOND))).toEqual(t.sent.map(() => 0));
    expect(t.answer('offer').client.state).toBe('REQUESTING');
  });

  test('two clients do not send at the same times', () => {
    const times = [1, 2].map((seed) =>
      new Scripted({}, seed)
        .start()
        .after(60 * SECOND)
        .sent.map(({ at }) => at),
    );
    expect(times[0]?.slice(1)).not.toEqual(times[1]?.slice(1));
  });

  test('a lost ACK: four REQUESTs with the secs of the DISCOVER, and then from the beginning', () => {
    const t = new Scripted()
      .start()
      .after(5 * SECOND)
      .answer('offer');
    t.log();
    t.after(70 * SECOND);
    const said = t.log().map((line) => line.replace(/^\d+ /, ''));
    const request = `request to all for ${ADDRESS} of ${SERVER}`;
    expect(said.slice(0, 5)).toEqual([request, request, request, 'REQUESTING → SELECTING', 'discover to all']);
    const requests = t.sent.filter(({ message }) => message.options.messageType === 'request');
    expect(new Set(requests.map(({ message }) => message.secs)).size).toBe(1);
    expect(t.last.xid).not.toBe(requests[0]?.message.xid);
  });

  test('of two servers the first that offers is asked, and the other is not heard', () => {
    const t = new Scripted().start().answer('offer');
    t.log();
    t.answer('offer', { ...TERMS, serverIdentifier: OTHER }, { yiaddr: '10.9.0.60' });
    t.answer('ack', { ...TERMS, serverIdentifier: OTHER }, { yiaddr: '10.9.0.60' });
    t.answer('nak', { serverIdentifier: OTHER });
    expect(t.log()).toEqual(['0 drops unexpected', '0 drops other-server', '0 drops other-server']);
    expect(t.answer('ack').client.lease?.address).toBe(ADDRESS);
  });

  test('the start can be put off, by less than what is said', () => {
    const t = new Scripted({ startDelay: 10 * SECOND }).start();
    expect(t.sent).toEqual([]);
    t.after(10 * SECOND);
    expect(t.sent.length).toBeGreaterThan(0);
    expect(t.sent[0]?.at).toBeLessThan(10 * SECOND);
  });
});

describe('with an address from before (INIT-REBOOT, RFC 2131 §3.2)', () => {
  const rebooted = () => new Scripted({ previous: ADDRESS }).start();

  test('the server agrees', () => {
    const t = rebooted().answer('ack');
    expect(t.log()).toEqual([
      '0 STOPPED → INIT-REBOOT',
      '0 INIT-REBOOT → REBOOTING',
      `0 request to all for ${ADDRESS}`,
      `0 has ${ADDRESS}`,
      '0 REBOOTING → BOUND',
    ]);
    expect(t.sent[0]?.message).toMatchObject({ ciaddr: '0.0.0.0' });
  });

  test('the server refuses: another address is looked for at once', () => {
    const t = rebooted();
    t.log();
    expect(t.answer('nak').log()).toEqual(['0 REBOOTING → INIT', '0 INIT → SELECTING', '0 discover to all']);
  });

  test('nobody answers: after a minute the address is only a wish', () => {
    const t = rebooted().after(64 * SECOND);
    expect(t.sent.map(({ message }) => message.options.messageType).slice(0, 5)).toEqual([
      ...['request', 'request', 'request', 'request'],
      'discover',
    ]);
    expect(t.sent[4]?.message.options.requestedAddress).toBe(ADDRESS);
  });

  test('another address than that is not taken', () => {
    const t = rebooted();
    t.log();
    expect(t.answer('ack', TERMS, { yiaddr: '10.9.0.51' }).log()).toEqual(['0 drops bad-lease']);
  });
});

describe('keeping it (RFC 2131 §4.4.5)', () => {
  const lease: DhcpOptionValues = { ...TERMS, leaseTime: 800, renewalTime: 400, rebindingTime: 700 };

  test('T1: the server alone is asked, from the address, and the time begins anew', () => {
    const t = new Scripted().bound(lease).after(400 * SECOND);
    expect(t.log()).toEqual(['400 BOUND → RENEWING', `400 request to ${SERVER} from ${ADDRESS}`]);
    expect(t.last.options).not.toHaveProperty('requestedAddress');
    expect(t.last.options).not.toHaveProperty('serverIdentifier');
    expect(t.after(SECOND).answer('ack', lease).log()).toEqual([`401 keeps ${ADDRESS}`, '401 RENEWING → BOUND']);
    expect(t.client.lease).toMatchObject({ since: 400 * SECOND, t1: 800 * SECOND, expires: 1200 * SECOND });
    expect(t.after(400 * SECOND).client.state).toBe('RENEWING');
  });

  test('the server is silent: half of what is left until T2, a minute at least; then everybody, until the end', () => {
    const t = new Scripted().bound(lease).after(799 * SECOND);
    expect(t.log()).toEqual([
      '400 BOUND → RENEWING',
      `400 request to ${SERVER} from ${ADDRESS}`,
      `550 request to ${SERVER} from ${ADDRESS}`,
      `625 request to ${SERVER} from ${ADDRESS}`,
      `685 request to ${SERVER} from ${ADDRESS}`,
      '700 RENEWING → REBINDING',
      `700 request to all from ${ADDRESS}`,
      `760 request to all from ${ADDRESS}`,
    ]);
    t.after(SECOND);
    expect(t.log()).toEqual([
      `800 loses ${ADDRESS}`,
      '800 REBINDING → SELECTING',
      `800 discover to all for ${ADDRESS}`,
    ]);
    expect(t.client.lease).toBeUndefined();
  });

  test('any server may answer in REBINDING, and is the one to be asked from then on', () => {
    const t = new Scripted().bound(lease).after(700 * SECOND);
    t.answer('ack', { ...lease, serverIdentifier: OTHER });
    expect(t.client).toMatchObject({ state: 'BOUND', lease: { server: OTHER } });
    t.log();
    expect(t.after(400 * SECOND).log()).toContain(`1100 request to ${OTHER} from ${ADDRESS}`);
  });

  test('but not in RENEWING', () => {
    const t = new Scripted().bound(lease).after(400 * SECOND);
    t.log();
    expect(t.answer('ack', { ...lease, serverIdentifier: OTHER }).log()).toEqual(['400 drops other-server']);
  });

  test('a NAK takes the address away', () => {
    const t = new Scripted().bound(lease).after(400 * SECOND);
    t.log();
    expect(t.answer('nak').log()).toEqual([
      `400 loses ${ADDRESS}`,
      '400 RENEWING → INIT',
      '400 INIT → SELECTING',
      '400 discover to all',
    ]);
  });

  test('T1 and T2 are half and seven eighths of the lease, a little less, where the server does not say or makes no sense', () => {
    for (const times of [{}, { renewalTime: 900, rebindingTime: 700 }, { renewalTime: 0, rebindingTime: 5000 }]) {
      const { t1 = 0, t2 = 0 } = new Scripted().bound({ ...TERMS, leaseTime: 800, ...times }).client.lease ?? {};
      expect(t1 / SECOND).toBeGreaterThan(375);
      expect(t1 / SECOND).toBeLessThanOrEqual(400);
      expect(t2 / SECOND).toBeGreaterThan(675);
      expect(t2 / SECOND).toBeLessThanOrEqual(700);
    }
  });

  test('a lease without an end is left alone', () => {
    const t = new Scripted().bound({ ...TERMS, leaseTime: 0xffffffff });
    expect(t.client.deadline).toBeUndefined();
    expect(t.after(1e12).log()).toEqual([]);
  });

  test('a short lease is asked for more than once in its time', () => {
    const t = new Scripted().bound({ ...TERMS, leaseTime: 40 }).after(39 * SECOND);
    expect(t.sent.length).toBeGreaterThanOrEqual(5);
  });

  describe('a clock that steps: the machine was asleep', () => {
    test.each([
      [500, ['500 BOUND → RENEWING', `500 request to ${SERVER} from ${ADDRESS}`]],
      [750, ['750 BOUND → REBINDING', `750 request to all from ${ADDRESS}`]],
      [5000, [`5000 loses ${ADDRESS}`, '5000 BOUND → SELECTING', `5000 discover to all for ${ADDRESS}`]],
    ])('for %d s', (seconds, expected) => {
      expect(
        new Scripted()
          .bound(lease)
          .asleep(seconds * SECOND)
          .log(),
      ).toEqual(expected);
    });

    test('an answer that comes when the lease is over is none', () => {
      const t = new Scripted().bound(lease).after(400 * SECOND);
      t.log();
      t.now = 900 * SECOND;
      t.answer('ack', lease);
      expect(t.log()).toContain('900 drops unexpected');
      expect(t.client.lease).toBeUndefined();
    });
  });

  test('renewed before it is time, when told to', () => {
    const t = new Scripted().bound(lease).after(10 * SECOND);
    t.client.renew(t.now);
    expect(t.log()).toEqual(['10 BOUND → RENEWING', `10 request to ${SERVER} from ${ADDRESS}`]);
    expect(t.answer('ack', lease).client.lease?.expires).toBe(810 * SECOND);
  });

  test('given back at the end; not when that is not wanted', () => {
    const t = new Scripted().bound();
    t.client.stop(t.now);
    expect(t.log()).toEqual([
      `0 release to ${SERVER} from ${ADDRESS} of ${SERVER}`,
      `0 loses ${ADDRESS}`,
      '0 BOUND → STOPPED',
    ]);
    expect(t.client.deadline).toBeUndefined();
    const kept = new Scripted({ release: false }).bound();
    kept.client.stop(0);
    expect(kept.log()).toEqual([`0 loses ${ADDRESS}`, '0 BOUND → STOPPED']);
    const never = new Scripted().start();
    never.client.stop(0);
    expect(never.sent).toHaveLength(1);
  });
});

describe('an address that somebody has (RFC 5227)', () => {
  const checking = () => {
    const t = new Scripted({ probe: true }).start().answer('offer').answer('ack');
    t.log();
    return t;
  };

  test('nobody: it is ours, and not before', () => {
    const t = checking();
    expect(t.client).toMatchObject({ state: 'CHECKING', lease: undefined });
    t.now = 5 * SECOND;
    t.probed?.(false);
    expect(t.log()).toEqual([`5 has ${ADDRESS}`, '5 CHECKING → BOUND']);
    // The time counts from the request.
    expect(t.client.lease?.expires).toBe(3600 * SECOND);
  });

  test('somebody: DECLINE, ten seconds, and from the beginning', () => {
    const t = checking();
    t.probed?.(true);
    expect(t.log()).toEqual([`0 decline to all for ${ADDRESS} of ${SERVER}`, '0 CHECKING → INIT']);
    expect(t.last.options.message).toContain(ADDRESS);
    expect(t.last.ciaddr).toBe('0.0.0.0');
    t.after(10 * SECOND - 1);
    expect(t.log()).toEqual([]);
    expect(t.after(1).log()).toEqual(['10 INIT → SELECTING', '10 discover to all']);
  });

  test('one that this host has elsewhere is declined, too', () => {
    const t = new Scripted();
    t.refusal = 'it is in use on eth1';
    t.start().answer('offer').answer('ack');
    expect(t.log().slice(-3)).toEqual([
      `0 has ${ADDRESS}`,
      `0 decline to all for ${ADDRESS} of ${SERVER}`,
      '0 REQUESTING → INIT',
    ]);
  });

  test('somebody comes later: the address is given up', () => {
    const t = new Scripted().bound();
    t.client.conflict(t.now);
    expect(t.log()).toEqual([`0 loses ${ADDRESS}`, `0 decline to all for ${ADDRESS} of ${SERVER}`, '0 BOUND → INIT']);
    t.client.conflict(t.now);
    expect(t.log()).toEqual([]);
  });

  test('a renewal asks nobody', () => {
    const t = checking();
    t.probed?.(false);
    t.after(1800 * SECOND).answer('ack');
    expect(t.log().join()).not.toContain('probes');
    expect(t.client.state).toBe('BOUND');
  });

  test('who ends meanwhile stops to ask', () => {
    const t = checking();
    const late = t.probed;
    t.client.stop(t.now);
    expect(t.log()).toEqual(['0 stops to probe', '0 CHECKING → STOPPED']);
    late?.(false);
    expect(t.client.lease).toBeUndefined();
  });

  test('the lease may be over before the answer is there', () => {
    const t = new Scripted({ probe: true }).start();
    t.answer('offer', { ...TERMS, leaseTime: 6 }).answer('ack', { ...TERMS, leaseTime: 6 });
    t.log();
    expect(
      t
        .after(6 * SECOND)
        .log()
        .slice(0, 2),
    ).toEqual(['6 stops to probe', '6 CHECKING → SELECTING']);
  });
});
