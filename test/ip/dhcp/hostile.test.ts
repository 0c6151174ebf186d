import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { DhcpMessage, DhcpOptionValues } from '../../../src/wire';
import { dhcpMessage } from '../../wire/dhcp-arbitraries';
import { ADDRESS, MAC, Scripted, SECOND, SERVER, TERMS } from './scripted';

const OTHER = '10.9.0.3';

describe('what is not heard', () => {
  const cases: readonly [string, DhcpOptionValues, Partial<DhcpMessage>, string][] = [
    ['another transaction', TERMS, { xid: 7 }, 'other-transaction'],
    ['another station', TERMS, { chaddr: Uint8Array.of(2, 0, 0, 0, 0, 9) }, 'other-station'],
    ['a longer hardware address', TERMS, { chaddr: Uint8Array.of(...MAC, 0) }, 'other-station'],
    ['other hardware', TERMS, { hardwareType: 6 }, 'other-station'],
    ['another client identifier (RFC 6842)', { ...TERMS, clientIdentifier: Uint8Array.of(1, 2) }, {}, 'other-station'],
    ["a client's message", TERMS, { op: 'request' }, 'other-station'],
    ['no server', TERMS, { options: { messageType: 'offer', ...TERMS } }, 'no-server'],
    ['a server that is none', { ...TERMS, serverIdentifier: '255.255.255.255' }, {}, 'no-server'],
    ['no type (BOOTP)', TERMS, { options: { serverIdentifier: SERVER, ...TERMS } }, 'unexpected'],
  ];

  test.each(cases)('%s', (_, options, changes, reason) => {
    const t = new Scripted().start();
    t.log();
    expect(t.answer('offer', options, changes).log()).toEqual([`0 drops ${reason}`]);
    expect(t.answer('offer', { ...TERMS, clientIdentifier: Uint8Array.of(1, ...MAC) }).client.state).toBe('REQUESTING');
  });

  test('an ACK or NAK to a DISCOVER, an OFFER to who has an address', () => {
    const t = new Scripted().start();
    t.log();
    expect(t.answer('ack').answer('nak').log()).toEqual(['0 drops unexpected', '0 drops unexpected']);
    t.answer('offer').answer('ack');
    t.log();
    expect(t.answer('offer').answer('nak').log()).toEqual(['0 drops unexpected', '0 drops unexpected']);
  });

  test('a bad offer leaves the way free for a good one', () => {
    const t = new Scripted().start().answer('offer', { ...TERMS, subnetMask: '255.0.255.0' });
    expect(t.log()).toContain('0 drops bad-lease');
    expect(t.answer('offer').client.state).toBe('REQUESTING');
  });

  test('a server that always refuses is asked less and less often', () => {
    const t = new Scripted();
    t.server = ({ options }) => {
      if (options.messageType === 'discover') t.answer('offer');
      else t.answer('nak');
    };
    t.start().after(600 * SECOND);
    expect(t.sent.length).toBeLessThan(40);
    t.server = ({ options }) => {
      t.answer(options.messageType === 'discover' ? 'offer' : 'ack');
    };
    expect(t.after(70 * SECOND).client.state).toBe('BOUND');
  });

  test('whatever comes, nothing throws, messages are few, and an honest server gets through in the end', () => {
    const terms: fc.Arbitrary<DhcpOptionValues> = fc.record(
      {
        subnetMask: fc.constantFrom('255.255.255.0', '0.0.0.0', '255.255.0.255', '255.255.255.255'),
        leaseTime: fc.constantFrom(0, 1, 5, 60, 0xfffffffe, 0xffffffff),
        renewalTime: fc.constantFrom(0, 1, 60, 0xffffffff),
        rebindingTime: fc.constantFrom(0, 1, 60, 0xffffffff),
        routers: fc.constantFrom(['10.9.0.1'], ['0.0.0.0'], ['8.8.8.8'], [ADDRESS]),
        serverIdentifier: fc.constantFrom(SERVER, OTHER, '0.0.0.0'),
      },
      { requiredKeys: [] },
    );
    const step = fc.record({
      wait: fc.nat(20_000_000),
      type: fc.constantFrom('offer' as const, 'ack' as const, 'nak' as const, 'discover' as const),
      terms,
      yiaddr: fc.constantFrom(ADDRESS, ADDRESS, '10.9.0.51', '0.0.0.0', '127.0.0.1', '255.255.255.255'),
      random: fc.option(dhcpMessage),
      inUse: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), fc.boolean(), (steps, probe) => {
        const t = new Scripted({ probe }).start();
        for (const { wait, type, terms, yiaddr, random, inUse } of steps) {
          t.after(wait);
          if (random === null) t.answer(type, terms, { yiaddr });
          else t.client.receive(random, t.now);
          t.probed?.(inUse);
          if (t.client.deadline !== undefined) expect(t.client.deadline).toBeGreaterThan(t.now);
        }
        const elapsed = t.now / SECOND;
        expect(t.sent.length).toBeLessThanOrEqual(2 + 4 * steps.length + elapsed);
        // Leases that never end, and those already had for long, end here.
        t.client.stop(t.now);
        t.client.start(t.now);
        t.server = ({ options }) => {
          if (options.messageType === 'discover') t.answer('offer');
          else if (options.messageType === 'request') t.answer(options.requestedAddress === ADDRESS ? 'ack' : 'nak');
        };
        t.after(200 * SECOND);
        t.probed?.(false);
        expect(t.client.state).toBe('BOUND');
      }),
      { numRuns: 200 },
    );
  });
});
