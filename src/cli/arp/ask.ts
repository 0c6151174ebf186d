import type { Interface } from '../../ip/interface';
import type { TraceEvent } from '../../trace';
import { formatAddress, formatMac, isLinkLocal6, parseAddress, withZone, type Address } from '../../wire/address';
import { Failure, NOT_ASKED, reasonOf } from '../failure';
import { openAsker, untilSignal, type Host } from '../host';
import type { HostOptions } from '../options';
import { resolveTarget, type Target } from '../resolve';

export interface AskOptions extends HostOptions {
  readonly count: number;
  /** µs */
  readonly interval: number;
  readonly ipv4?: true;
  readonly ipv6?: true;
  readonly json?: true;
}

/** Asks the wire who has an address, as arping does; the exit code. */
export async function askWho(name: string, options: AskOptions): Promise<number> {
  const signal = untilSignal();
  const host = await openAsker(options);
  try {
    const target = await resolveTarget(host.stack, name, options.ipv6 ? 6 : options.ipv4 ? 4 : undefined);
    const run = new Asking(host, target, options);
    await Promise.race([run.untilDone(), signal]);
    return run.end();
  } catch (error) {
    throw error instanceof Failure ? new Failure(error.message, NOT_ASKED, { cause: error }) : error;
  } finally {
    await host.close();
  }
}

/** ms that the last answer may take. */
const PATIENCE = 1000;

interface Answer {
  readonly address: Address | undefined;
  readonly mac: string | undefined;
}

/** Who says in this event that it has an address: by ARP, or by a neighbour advertisement (RFC 4861 §4.4). */
function answerIn(event: TraceEvent, on: Interface): Answer | undefined {
  if (event.type === 'arp' && event.direction === 'in') {
    const { senderAddress, senderMac } = event.packet;
    return { address: parseAddress(senderAddress), mac: senderMac };
  }
  if (event.type !== 'ndp' || event.direction !== 'in' || event.message.type !== 'neighbor-advertisement') {
    return undefined;
  }
  const { target, options } = event.message;
  const address = isLinkLocal6(target) ? withZone(target, on.index) : target;
  const option = options.find(({ kind }) => kind === 'target-link-layer-address');
  const isMac = option?.kind === 'target-link-layer-address' && option.address.length === 6;
  return { address, mac: isMac ? formatMac(option.address) : undefined };
}

class Asking {
  private readonly on: Interface;
  private readonly stop: () => void;
  private sent = 0;
  private sentAt = 0;
  private answers = 0;

  /** @throws Failure when the address is on no Ethernet of ours */
  constructor(
    private readonly host: Host,
    private readonly target: Target,
    private readonly options: AskOptions,
  ) {
    const { ip } = host.stack;
    const path = ip.path(target.number);
    if (typeof path === 'string') throw new Failure(`cannot ask for ${target.name}: ${reasonOf(path)}`);
    this.on = path.interface;
    if (this.on.ethernet === undefined) {
      throw new Failure(`cannot ask for ${target.name}: ${this.on.name} is no Ethernet, where neighbours have a MAC`);
    }
    if (path.nextHop !== target.number) {
      throw new Failure(`${target.name} is not on the wire of ${this.on.name}: a router leads to it`);
    }
    this.stop = host.stack.observe((event) => {
      this.hear(event);
    });
    const from = formatAddress(path.source);
    if (!options.json) process.stdout.write(`ARPING ${target.address} from ${from} ${this.on.name}\n`);
  }

  async untilDone(): Promise<void> {
    const { count, interval } = this.options;
    for (;;) {
      this.ask();
      const wait = this.sent < count ? interval / 1000 : PATIENCE;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, wait);
        // That all are answered ends it: the first answer may come after the last question.
        this.answered = () => {
          if (this.answers < count) return;
          clearTimeout(timer);
          resolve();
        };
      });
      if (this.sent >= count) return;
    }
  }

  end(): number {
    this.stop();
    const { sent, answers } = this;
    if (this.options.json) {
      this.tell({ type: 'statistics', address: this.target.address, sent, received: answers });
    } else {
      process.stdout.write(`Sent ${sent} probe(s)\nReceived ${answers} response(s)\n`);
    }
    return answers > 0 ? 0 : 1;
  }

  private answered: () => void = () => undefined;

  private ask(): void {
    const { stack } = this.host;
    this.sent += 1;
    this.sentAt = stack.clock.now();
    const { number } = this.target;
    if (typeof number === 'bigint') this.on.ethernet?.ndp.solicit(number, undefined);
    else this.on.ethernet?.arp.request(number);
    stack.ip.flush();
  }

  private hear(event: TraceEvent): void {
    const answer = answerIn(event, this.on);
    if (answer?.address !== this.target.number) return;
    this.answers += 1;
    const { address } = this.target;
    // An answer to one alone may leave its MAC out: it is in the question's frame already.
    const mac = answer.mac ?? null;
    const took = Math.round(event.time - this.sentAt) / 1000;
    if (this.options.json) this.tell({ type: 'reply', address, mac, time: took });
    else process.stdout.write(`reply from ${address} [${mac ?? '?'}]  ${took.toFixed(3)}ms\n`);
    this.answered();
  }

  private tell(object: Readonly<Record<string, unknown>>): void {
    process.stdout.write(`${JSON.stringify(object)}\n`);
  }
}
