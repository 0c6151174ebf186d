import { expect } from '@jest/globals';
import { DhcpClient, type DhcpSurroundings } from '../../../src/ip/dhcp/client';
import { dhcpSettings, type DhcpOptions } from '../../../src/ip/dhcp/options';
import {
  emitDhcp,
  parseDhcp,
  type DhcpMessage,
  type DhcpMessageType,
  type DhcpOptionValues,
  type TypedDhcpMessage,
} from '../../../src/wire';
import { Random } from '../../../src/random';
import { good } from '../../wire/helpers';

export const SECOND = 1_000_000;
export const MAC = Uint8Array.of(2, 0, 0x5e, 0x10, 0, 2);
export const SERVER = '10.9.0.1';
export const ADDRESS = '10.9.0.50';

/** What an honest server says with an address. */
export const TERMS: DhcpOptionValues = { subnetMask: '255.255.255.0', leaseTime: 3600, routers: [SERVER] };

/** A client without a wire; the test is its servers, and its time. Everything that happens is a line in `log`, with its time in s. */
export class Scripted {
  readonly client: DhcpClient;
  /** What the client has sent; each has been through the codec. */
  readonly sent: { readonly message: TypedDhcpMessage; readonly to: string; readonly at: number }[] = [];
  now = 0;
  /** Ends the probe that is under way. */
  probed: ((inUse: boolean) => void) | undefined;
  /** Why the next lease cannot be had. */
  refusal: string | undefined;
  /** A server that answers by itself. */
  server: ((message: TypedDhcpMessage, to: string) => void) | undefined;
  #log: string[] = [];
  #random: Random;

  constructor(options: DhcpOptions = {}, seed = 1) {
    this.#random = new Random(seed);
    this.client = new DhcpClient(dhcpSettings({ probe: false, ...options }, 'test'), this.#surroundings());
  }

  /** Since the last call. */
  log(): string[] {
    const log = this.#log;
    this.#log = [];
    return log;
  }

  start(): this {
    this.client.start(this.now);
    return this;
  }

  /** Lets time pass, with all that is due on the way. */
  after(µs: number): this {
    const end = this.now + µs;
    for (let at = this.client.deadline; at !== undefined && at <= end; at = this.client.deadline) {
      this.now = Math.max(this.now, at);
      this.client.timeout(this.now);
    }
    this.now = end;
    return this;
  }

  /** The machine was asleep: time has passed, and nothing was done. */
  asleep(µs: number): this {
    this.now += µs;
    this.client.timeout(this.now);
    return this;
  }

  /** The last message that went out. */
  get last(): TypedDhcpMessage {
    const last = this.sent.at(-1);
    if (last === undefined) throw new Error('nothing was sent');
    return last.message;
  }

  /** A server answers the last message. */
  answer(messageType: DhcpMessageType, options: DhcpOptionValues = TERMS, changes: Partial<DhcpMessage> = {}): this {
    const { xid, chaddr } = this.last;
    const message: DhcpMessage = {
      op: 'reply',
      hardwareType: 1,
      hops: 0,
      xid,
      secs: 0,
      broadcast: false,
      ciaddr: '0.0.0.0',
      yiaddr: messageType === 'nak' ? '0.0.0.0' : ADDRESS,
      siaddr: '0.0.0.0',
      giaddr: '0.0.0.0',
      chaddr,
      sname: '',
      file: '',
      options: { messageType, serverIdentifier: SERVER, ...options },
      ...changes,
    };
    this.client.receive(good(parseDhcp(emitDhcp(message))), this.now);
    return this;
  }

  /** A lease, by the shortest way. */
  bound(options: DhcpOptionValues = TERMS): this {
    this.start().answer('offer', options).answer('ack', options);
    this.log();
    return this;
  }

  #surroundings(): DhcpSurroundings {
    return {
      mac: MAC,
      mtu: 1500,
      random32: () => this.#random.uint32(),
      send: (message, server) => {
        this.#send(message, server);
      },
      changed: (from, to) => {
        this.#say(`${from} → ${to}`);
      },
      bound: (lease, before) => {
        const { refusal } = this;
        this.refusal = undefined;
        this.#say(`${before === undefined ? 'has' : 'keeps'} ${lease.address}`);
        return refusal;
      },
      lost: ({ address }) => {
        this.#say(`loses ${address}`);
      },
      probe: (address, done) => {
        this.#say(`probes ${address}`);
        this.probed = (inUse) => {
          done(inUse, this.now);
        };
        return () => {
          this.#say('stops to probe');
          this.probed = undefined;
        };
      },
      drop: (reason, particulars) => {
        expect(particulars()).toMatch(/./);
        this.#say(`drops ${reason}`);
      },
    };
  }

  #send(message: TypedDhcpMessage, server: string | undefined): void {
    // It is what goes over a wire.
    expect(good(parseDhcp(emitDhcp(message)))).toEqual(message);
    const to = server ?? 'all';
    this.sent.push({ message, to, at: this.now });
    const { messageType, requestedAddress, serverIdentifier } = message.options;
    const from = message.ciaddr === '0.0.0.0' ? '' : ` from ${message.ciaddr}`;
    const about = requestedAddress === undefined ? '' : ` for ${requestedAddress}`;
    const of = serverIdentifier === undefined ? '' : ` of ${serverIdentifier}`;
    this.#say(`${messageType} to ${to}${from}${about}${of}`);
    this.server?.(message, to);
  }

  #say(what: string): void {
    this.#log.push(`${Math.round(this.now / SECOND)} ${what}`);
  }
}
