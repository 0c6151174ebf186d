import { LinkError } from '../errors';
import { MOST_RANGES } from './filter';
import { describeTaken, rangesOf, type TakenPort } from './kernel-ports';
import type { OthersPorts } from './nftables';
import { PortSet, type PortRange } from './ports';

/** Where connections that go out have their ports, unless the user says so: below those from which Linux chooses. */
const DEFAULT = new PortSet([{ first: 20_000, last: 29_999 }]);
/** A narrower range is no place for them. */
const LEAST_EPHEMERAL = 100;

/** Who else has ports of our addresses. */
export interface OtherUsers {
  /** Sockets of the kernel's. */
  readonly taken: readonly TakenPort[];
  /** Ports that the kernel may choose at any time. */
  readonly kernelsChoice: PortSet;
  /** Other links of this kind. */
  readonly others: readonly OthersPorts[];
}

export interface ChosenPorts {
  readonly ports: PortSet;
  /** Those of them that are for connections that go out. */
  readonly ephemeral: PortRange;
}

/**
 * @param text what the user wants, as in `80,443,20000-29999`; `undefined`: ports for connections that go out, and no more
 * @throws LinkError `EINVAL` when it cannot be read, `EADDRINUSE` when somebody else has one of them
 */
export function choosePorts(doing: string, text: string | undefined, users: OtherUsers): ChosenPorts {
  const wanted = text === undefined ? new PortSet([]) : PortSet.parse(text);
  if (wanted === undefined) {
    throw new LinkError(
      'EINVAL',
      `${doing}: the ports ${JSON.stringify(text)} cannot be read; write ports from 1 to 65535 and ranges of them, as in 80,443,20000-29999`,
    );
  }
  refuseOthers(doing, wanted, users);
  const { widest } = wanted;
  if (widest !== undefined && widest.last - widest.first + 1 >= LEAST_EPHEMERAL)
    return { ports: wanted, ephemeral: widest };
  const ephemeral = DEFAULT.without(inUse(users)).without(wanted).widest;
  if (ephemeral === undefined || ephemeral.last - ephemeral.first + 1 < LEAST_EPHEMERAL) {
    const example = text === undefined ? '10000-14999' : `${text},10000-14999`;
    throw new LinkError(
      'EADDRINUSE',
      `${doing}: too few of the ports ${DEFAULT.toString()} are free for connections that go out${whoHas(users)}; name others, as in ports: '${example}'`,
    );
  }
  return { ports: wanted.with([ephemeral]), ephemeral };
}

function whoHas({ others }: OtherUsers): string {
  return others.length === 0 ? '' : ` (processes ${others.map(({ pid }) => pid).join(', ')} have raw links too)`;
}

function inUse({ taken, kernelsChoice, others }: OtherUsers): PortSet {
  return kernelsChoice.with([...rangesOf(taken), ...others.flatMap(({ ports }) => ports.ranges)]);
}

/**
 * A port has one owner: of two, one would answer the other's segments with RST.
 * @throws LinkError `EADDRINUSE`; `EINVAL` for more ranges than a filter has room for
 */
export function refuseOthers(doing: string, wanted: PortSet, { taken, kernelsChoice, others }: OtherUsers): void {
  if (wanted.ranges.length > MOST_RANGES) {
    throw new LinkError('EINVAL', `${doing}: ${wanted.ranges.length} ranges of ports; ${MOST_RANGES} are allowed`);
  }
  const kernels = taken.find(({ port }) => wanted.has(port));
  if (kernels !== undefined) {
    throw new LinkError(
      'EADDRINUSE',
      `${doing}: a program on this host has ${describeTaken(kernels)}; stop it, or take another port (ss -tulpn shows who has which)`,
    );
  }
  const other = others.find(({ ports }) => !ports.and(wanted).isEmpty);
  if (other !== undefined) {
    throw new LinkError(
      'EADDRINUSE',
      `${doing}: process ${other.pid} has a raw link with the ports ${other.ports.and(wanted).toString()}; take others`,
    );
  }
  const choice = kernelsChoice.and(wanted);
  if (!choice.isEmpty) {
    throw new LinkError(
      'EADDRINUSE',
      `${doing}: the kernel chooses from the ports ${choice.toString()} for its own connections; take others, or reserve them: sysctl -w net.ipv4.ip_local_reserved_ports=${choice.toString()}`,
    );
  }
}
