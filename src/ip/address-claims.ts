import { formatIpv4Address, formatMac } from '../wire/address';
import { interfaceAddress, type InterfaceAddress } from './address';
import type { Ethernet } from './ethernet';
import type { AddressNews, Interface, InterfaceConfig } from './interface';
import { isLinkLocal4, LINK_LOCAL_LENGTH, LinkLocal } from './link-local';

/** Gives an interface its addresses, and takes them away. */
export interface AddressGround {
  put(own: InterfaceAddress): void;
  remove(own: InterfaceAddress): void;
}

/** The IPv4 addresses of an Ethernet that are not there at once: those that are checked first (RFC 5227), and the link-local one. */
export class AddressClaims {
  readonly #on: Interface;
  readonly #ethernet: Ethernet;
  readonly #ground: AddressGround;
  readonly #config: InterfaceConfig;
  readonly #linkLocal: LinkLocal | undefined;

  constructor(on: Interface, ethernet: Ethernet, config: InterfaceConfig, ground: AddressGround) {
    this.#on = on;
    this.#ethernet = ethernet;
    this.#ground = ground;
    this.#config = config;
    const { linkLocal = false } = config;
    if (linkLocal !== false) this.#linkLocal = new LinkLocal(ethernet.arp.acd, ethernet.mac, this.#user());
  }

  start(): void {
    for (const own of this.#on.unchecked) this.#claim(own);
    this.addressesChanged();
  }

  /** The interface has other addresses than before. */
  addressesChanged(): void {
    const { addresses, unchecked } = this.#on;
    const hasOther = unchecked.length > 0 || addresses.some(({ address }) => !isLinkLocal4(address));
    if (hasOther && this.#config.linkLocal !== 'always') this.#linkLocal?.stop();
    else this.#linkLocal?.start();
  }

  #claim(own: InterfaceAddress): void {
    const isKnown = (): void => {
      this.#on.unchecked = this.#on.unchecked.filter((each) => each !== own);
    };
    const usable = (): void => {
      isKnown();
      this.#ground.put(own);
      this.#tell({ cidr: own.cidr, state: 'usable' });
    };
    const lost = (mac: Uint8Array): void => {
      isKnown();
      this.#ground.remove(own);
      this.addressesChanged();
      this.#tell({ cidr: own.cidr, state: 'lost', mac: formatMac(mac) });
    };
    const announcements = this.#config.announce === false ? 0 : undefined;
    // Once it is in use, who has written it down wants it kept.
    this.#ethernet.arp.acd.claim(
      own.address,
      { usable, lost },
      { defence: 'keep', ...(announcements === 0 && { announcements }) },
    );
  }

  #user(): ConstructorParameters<typeof LinkLocal>[2] {
    const addressOf = (address: number): InterfaceAddress =>
      interfaceAddress(`${formatIpv4Address(address)}/${LINK_LOCAL_LENGTH}`, `cannot use ${this.#on.name}`);
    return {
      assign: (address) => {
        const own = addressOf(address);
        this.#ground.put(own);
        this.#tell({ cidr: own.cidr, state: 'usable' });
      },
      withdraw: (address) => {
        const own = addressOf(address);
        this.#ground.remove(own);
        this.#tell({ cidr: own.cidr, state: 'lost' });
      },
    };
  }

  #tell(news: AddressNews): void {
    this.#config.onAddress?.(news);
  }
}
