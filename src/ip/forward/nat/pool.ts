import { endpoint, KIND, Mapping, type Kind } from './session';

/** Ports below this one are kept apart from those above, as peers may expect (RFC 4787 REQ-3 a). */
const FIRST_HIGH = 1024;
/** Low ports that services seldom have, for inner ports below 1024. */
const FIRST_LOW = 512;
const PORTS = 0x10000;

/** How many ports are tried for one mapping: enough when half of them are taken, and a bound when nearly all are. */
const TRIES = 128;

/** What stands between the kinds in a key, above the 48 bits of an endpoint. */
const KIND_STEP = 2 ** 48;

/** The mappings of one external address: which inner endpoint has which of its ports. */
export class Pool {
  readonly #byInner = new Map<number, Mapping>();
  readonly #byPort = new Map<number, Mapping>();

  /** @param external uint32 */
  constructor(readonly external: number) {}

  get size(): number {
    return this.#byPort.size;
  }

  inner(kind: Kind, address: number, port: number): Mapping | undefined {
    return this.#byInner.get(kind * KIND_STEP + endpoint(address, port));
  }

  outer(kind: Kind, port: number): Mapping | undefined {
    return this.#byPort.get(kind * PORTS + port);
  }

  /** Sends what comes to `externalPort` to an inner endpoint. */
  forward(kind: Kind, externalPort: number, inner: number, innerPort: number): void {
    const mapping = new Mapping(kind, inner, innerPort, this.external, externalPort, true);
    mapping.sibling = this.inner(kind, inner, innerPort);
    this.#add(mapping);
  }

  /**
   * A new mapping: with the inner port itself where that is free (port preservation), else with one that nobody can guess.
   * @param isFree false for a port that the host uses itself
   * @returns `undefined` when no free port was found
   */
  create(
    kind: Kind,
    inner: number,
    innerPort: number,
    random32: () => number,
    isFree: (port: number) => boolean,
  ): Mapping | undefined {
    const port = this.#choose(kind, innerPort, random32, isFree);
    if (port === undefined) return undefined;
    const mapping = new Mapping(kind, inner, innerPort, this.external, port, false);
    this.#add(mapping);
    return mapping;
  }

  remove(mapping: Mapping): void {
    this.#byPort.delete(mapping.kind * PORTS + mapping.externalPort);
    this.#byInner.delete(mapping.kind * KIND_STEP + endpoint(mapping.inner, mapping.innerPort));
  }

  #add(mapping: Mapping): void {
    this.#byPort.set(mapping.kind * PORTS + mapping.externalPort, mapping);
    this.#byInner.set(mapping.kind * KIND_STEP + endpoint(mapping.inner, mapping.innerPort), mapping);
  }

  #choose(kind: Kind, wanted: number, random32: () => number, isFree: (port: number) => boolean): number | undefined {
    const isOurs = (port: number): boolean => this.outer(kind, port) === undefined && isFree(port);
    // An identifier of echo may be 0, a port not.
    if ((wanted > 0 || kind === KIND.ICMP) && isOurs(wanted)) return wanted;
    const low = wanted < FIRST_HIGH && kind !== KIND.ICMP;
    const first = low ? FIRST_LOW : FIRST_HIGH;
    const count = (low ? FIRST_HIGH : PORTS) - first;
    const start = random32() % count;
    for (let tried = 0; tried < Math.min(TRIES, count); tried++) {
      const port = first + ((start + tried) % count);
      if (isOurs(port)) return port;
    }
    return undefined;
  }
}
