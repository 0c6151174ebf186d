import type { Field } from '../../../src/inspect/dissect';
import type { Light } from './light';
import type { SegmentTexts } from './texts';

/** The longest field whose bits are shown, in bytes. */
const MOST_BYTES = 4;

interface BitStripProps {
  readonly bytes: Uint8Array;
  readonly light: Light;
  readonly field: Field | undefined;
  readonly texts: SegmentTexts;
}

/** The bytes that are lit, bit by bit: fields need not begin or end where a byte does. */
export function BitStrip({ bytes, light, field, texts }: BitStripProps) {
  const first = light.from >>> 3;
  const count = Math.min(Math.ceil(light.to / 8) - first, MOST_BYTES);
  return (
    <div class="segment-bits" {...(field !== undefined && { role: 'img', 'aria-label': texts.bitsOf(field.name) })}>
      {Array.from({ length: Math.max(0, count) }, (_, place) => {
        const at = first + place;
        return (
          <span key={at} class="segment-bits-byte">
            {Array.from({ length: 8 }, (_bit, bit) => {
              const position = at * 8 + bit;
              const isLit = position >= light.from && position < light.to;
              return (
                <span key={bit} class={isLit ? 'segment-bit segment-lit' : 'segment-bit'}>
                  {((bytes[at] ?? 0) >>> (7 - bit)) & 1}
                </span>
              );
            })}
          </span>
        );
      })}
    </div>
  );
}
