/** Why a capture cannot be read any further. */
export const DAMAGES = [
  'empty',
  'too-short',
  'other-format',
  'packed',
  'zip',
  'unknown-format',
  'cut-off',
  'gzip',
  'packet-length',
  'byte-order',
  'block-length',
  'block-lengths-differ',
  'interface-too-short',
  'too-many-interfaces',
  'packet-too-short',
  'unknown-interface',
  'packet-room',
] as const;

export type DamageId = (typeof DAMAGES)[number];

/** The same with its figures: what a language needs to tell of it. */
export interface Damage {
  readonly id: DamageId;
  readonly figures: Readonly<Record<string, number | string>>;
}

export function damage(id: DamageId, figures: Damage['figures'] = {}): Damage {
  return { id, figures };
}
