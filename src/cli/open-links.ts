import type { LinkNotation } from '../link/notation';
import type { OpenedLink } from '../link/open';

/**
 * Opens links: first those that have to connect, all at once, since what arrives at one that is open has no receiver until the last one
 * is. (A `udp:` link does not connect, and may be bound to an address that a device before it brings.)
 * @param open as `openLink` does
 * @returns in the order of `notations`
 * @throws what `open` does for the first of them that fails; those that were opened are closed then
 */
export async function openLinks(
  notations: readonly LinkNotation[],
  open: (notation: LinkNotation) => Promise<OpenedLink>,
): Promise<OpenedLink[]> {
  const opened = new Map<LinkNotation, OpenedLink>();
  const openOne = async (notation: LinkNotation): Promise<void> => {
    opened.set(notation, await open(notation));
  };
  try {
    const slow = await Promise.allSettled(notations.filter(({ kind }) => kind === 'ws').map(openOne));
    const failed = slow.find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') throw failed.reason;
    for (const notation of notations) if (!opened.has(notation)) await openOne(notation);
  } catch (error) {
    // An open device would keep the program alive.
    for (const { link } of opened.values()) void link.close();
    throw error;
  }
  return notations.flatMap((notation) => opened.get(notation) ?? []);
}
