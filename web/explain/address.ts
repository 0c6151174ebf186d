/** What of a report one looks at. */
export interface Address {
  readonly conversation: number;
  /** A packet in it. */
  readonly frame?: number;
}

/** The place that the hash of a link names: `#c=3`, or `#c=3&p=41` for a packet. */
export function readAddress(hash: string): Address | undefined {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const conversation = numberIn(parameters, 'c');
  if (conversation === undefined) return undefined;
  const frame = numberIn(parameters, 'p');
  return { conversation, ...(frame !== undefined && { frame }) };
}

/** The hash for a place. */
export function writeAddress({ conversation, frame }: Address): string {
  return `#c=${conversation}${frame === undefined ? '' : `&p=${frame}`}`;
}

function numberIn(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) ?? '';
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : undefined;
}
