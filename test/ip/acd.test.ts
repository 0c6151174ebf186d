import { describe, expect, test } from '@jest/globals';
import { Acd, type AddressClaim, type ClaimOptions } from '../../src/ip/acd';
import { isLinkLocal4, LinkLocal } from '../../src/ip/link-local';
import { formatIpv4Address, parseMac, requireIpv4Address } from '../../src/wire/address';
import { good, OUR_MAC, PEER_MAC, TestHost, US } from './harness';

const SECOND = 1_000_000;

/** One station on a wire: what it says, and what it hears of itself, is written down with its time in ms. */
class Station {
  readonly host: TestHost;
  readonly clock;
  readonly acd: Acd;
  #log: string[] = [];

  constructor(seed = 1) {
    this.host = new TestHost(undefined, seed);
    this.clock = this.host.clock;
    const wire = {
      probe: (address: number) => {
        this.#say('probe', address);
      },
      announce: (address: number) => {
        this.#say('announce', address);
      },
    };
    this.acd = new Acd(this.host, wire, (address) => {
      this.host.count('arp.conflict');
      this.#say('conflict', address);
    });
  }

  #say(what: string, address: number): void {
    this.#log.push(`${this.clock.now() / SECOND} ${what} ${formatIpv4Address(address)}`);
  }

  claim(address = US, options: ClaimOptions = {}): AddressClaim {
    const number = requireIpv4Address(address);
    const claimant = {
      usable: () => {
        this.#say('usable', number);
      },
      lost: () => {
        this.#say('lost', number);
      },
    };
    return this.acd.claim(number, claimant, options);
  }

  linkLocal(mac = OUR_MAC): LinkLocal {
    return new LinkLocal(this.acd, good(parseMac(mac)), {
      assign: (address) => {
        this.#say('assign', address);
      },
      withdraw: (address) => {
        this.#say('withdraw', address);
      },
    });
  }

  /** Another station's ARP packet: from `sender` about `target`. */
  hear(sender: string, target: string): boolean {
    const [senderAddress, targetAddress] = [sender, target].map(requireIpv4Address) as [number, number];
    return this.acd.heard({ senderMac: good(parseMac(PEER_MAC)), senderAddress, targetAddress });
  }

  to(seconds: number): this {
    this.clock.advanceTo(Math.round(seconds * SECOND));
    return this;
  }

  /** What happened since the last call, and when in s. */
  log(): { at: number; what: string; address: string }[] {
    const log = this.#log;
    this.#log = [];
    return log.map((line) => {
      const [at, what = '', address = ''] = line.split(' ');
      return { at: Number(at), what, address };
    });
  }

  words(): string[] {
    return this.log().map(({ what }) => what);
  }
}

describe('claiming an address (RFC 5227 §2.1)', () => {
  test.each([1, 2, 3, 4, 5])('three probes, 2 s of silence, and then it is ours: announced twice (seed %i)', (seed) => {
    const station = new Station(seed);
    const claim = station.claim();
    expect(claim.state).toBe('probing');
    const log = station.to(30).log();
    expect(log.map(({ what }) => what)).toEqual(['probe', 'probe', 'probe', 'announce', 'usable', 'announce']);
    const [first = 0, second = 0, third = 0, held = 0, , again = 0] = log.map(({ at }) => at);
    expect(first).toBeLessThan(1);
    for (const gap of [second - first, third - second]) {
      expect(gap).toBeGreaterThanOrEqual(1);
      expect(gap).toBeLessThan(2);
    }
    expect(held - third).toBeCloseTo(2);
    expect(again - held).toBeCloseTo(2);
    expect(claim.state).toBe('held');
    expect(station.clock.nextDeadline()).toBeUndefined();
  });

  test('without probing it is ours at once', () => {
    const station = new Station();
    const claim = station.claim(US, { probe: false, announcements: 1 });
    expect(station.log()).toEqual([
      { at: 0, what: 'announce', address: US },
      { at: 0, what: 'usable', address: US },
    ]);
    expect(claim.state).toBe('held');
    expect(station.clock.nextDeadline()).toBeUndefined();
  });

  test.each([
    ['has it', US, '10.9.0.9'],
    ['answers that it has it', US, US],
    ['probes for it as well', '0.0.0.0', US],
  ])('it is lost when another station %s', (_, sender, target) => {
    const station = new Station();
    const claim = station.claim();
    station.to(1.5).log();
    expect(station.hear(sender, target)).toBe(true);
    expect(station.words()).toEqual(['conflict', 'lost']);
    expect(claim.state).toBe('over');
    expect(station.clock.nextDeadline()).toBeUndefined();
    expect(station.hear(sender, target)).toBe(false);
  });

  test("others' questions and claims are nothing to us", () => {
    const station = new Station();
    station.claim();
    expect(station.hear('10.9.0.9', US)).toBe(false);
    expect(station.hear('0.0.0.0', '10.9.0.9')).toBe(false);
    expect(station.hear('10.9.0.9', '10.9.0.9')).toBe(false);
    expect(station.to(30).words()).toContain('usable');
  });

  test('after ten conflicts in a row there is a minute before the next probe (§2.1.1)', () => {
    const station = new Station();
    for (let count = 0; count < 10; count++) {
      station.claim();
      station.to(station.clock.now() / SECOND + 1).log();
      station.hear(US, US);
    }
    station.log();
    station.claim();
    station.to(70).words();
    expect(
      station
        .to(71)
        .log()
        .every(({ what }) => what === 'probe'),
    ).toBe(true);
    expect(station.to(100).words()).toContain('usable');
    station.claim('10.9.0.3');
    expect(station.to(101).words()).toContain('probe');
  });

  test('a claim that is released, or made anew, says nothing any more', () => {
    const station = new Station();
    const first = station.claim();
    station.to(1.5).log();
    station.claim();
    expect(first.state).toBe('over');
    station.acd.close();
    expect(station.to(30).log()).toEqual([]);
    expect(station.clock.nextDeadline()).toBeUndefined();
  });
});

describe('defending it (RFC 5227 §2.4)', () => {
  function held(defence: 'keep' | 'once'): Station {
    const station = new Station();
    station.claim(US, { probe: false, announcements: 0, defence });
    station.log();
    return station;
  }

  test('once: one announcement, and at the second conflict within 10 s it is given up', () => {
    const station = held('once');
    station.hear(US, US);
    expect(station.words()).toEqual(['conflict', 'announce']);
    station.to(10).hear(US, US);
    expect(station.words()).toEqual(['conflict', 'announce']);
    station.to(19.9).hear(US, US);
    expect(station.words()).toEqual(['conflict', 'lost']);
  });

  test('keep: it stays ours, and we say so every 10 s at the most', () => {
    const station = held('keep');
    for (let tenths = 0; tenths < 250; tenths++) station.to(tenths / 10).hear(US, US);
    const log = station.log();
    expect(log.filter(({ what }) => what === 'announce').map(({ at }) => at)).toEqual([0, 10, 20]);
    expect(log.map(({ what }) => what)).not.toContain('lost');
  });

  test('a probe for what is ours is no conflict: ARP answers it', () => {
    expect(held('once').hear('0.0.0.0', US)).toBe(false);
  });
});

describe('link-local addresses (RFC 3927)', () => {
  test('one is drawn, probed and assigned; the same each time for one MAC, another for another', () => {
    const one = new Station();
    one.linkLocal().start();
    const log = one.to(30).log();
    expect(log.map(({ what }) => what)).toEqual(['probe', 'probe', 'probe', 'announce', 'assign', 'announce']);
    const { address = '' } = log[0] ?? {};
    expect(isLinkLocal4(requireIpv4Address(address))).toBe(true);

    const again = new Station(7);
    again.linkLocal().start();
    expect(again.to(30).log()[0]?.address).toBe(address);
    const other = new Station();
    other.linkLocal(PEER_MAC).start();
    expect(other.to(30).log()[0]?.address).not.toBe(address);
  });

  test('on a conflict the next one is tried', () => {
    const station = new Station();
    const linkLocal = station.linkLocal();
    linkLocal.start();
    const first = station.to(1).log()[0]?.address ?? '';
    expect(linkLocal.address).toBeUndefined();
    station.hear(first, first);
    const log = station.to(30).log();
    expect(log.map(({ what }) => what)).toEqual([
      'conflict',
      ...['probe', 'probe', 'probe', 'announce', 'assign', 'announce'],
    ]);
    expect(log.at(-1)?.address).not.toBe(first);
    expect(linkLocal.address).toBe(requireIpv4Address(log.at(-1)?.address ?? ''));
  });

  test('it is defended once, then given up for the next one', () => {
    const station = new Station();
    station.linkLocal().start();
    const mine = station.to(30).log().at(-1)?.address ?? '';
    station.hear(mine, mine);
    expect(station.words()).toEqual(['conflict', 'announce']);
    station.hear(mine, mine);
    expect(station.words()).toEqual(['conflict', 'withdraw']);
    expect(station.to(60).words()).toContain('assign');
  });

  test('stop gives it up, and start is there again', () => {
    const station = new Station();
    const linkLocal = station.linkLocal();
    linkLocal.start();
    linkLocal.start();
    station.to(30).log();
    linkLocal.stop();
    expect(station.words()).toEqual(['withdraw']);
    expect(station.clock.nextDeadline()).toBeUndefined();
    linkLocal.start();
    expect(station.to(60).words()).toContain('assign');
  });

  test('all addresses drawn are ones that may be (§2.1), and hardly any comes twice', () => {
    const drawn = new Set<number>();
    for (let host = 0; host < 200; host++) {
      const each = new Station();
      each.linkLocal(`02:00:00:00:00:${(host & 255).toString(16).padStart(2, '0')}`).start();
      for (const { address } of each.to(1).log()) drawn.add(requireIpv4Address(address));
    }
    for (const address of drawn) {
      expect(address).toBeGreaterThanOrEqual(0xa9fe0100);
      expect(address).toBeLessThanOrEqual(0xa9fefeff);
    }
    expect(drawn.size).toBeGreaterThan(195);
  });
});
