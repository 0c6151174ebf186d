import { tip } from '../components/shell';
import type { Terms } from './terms';

/** A text of a lesson, in which each word of the field says what it means when it is pointed at or focused. */
export function Prose({ text, terms }: { readonly text: string; readonly terms: Terms }) {
  return (
    <>
      {terms.split(text).map((piece, at) =>
        typeof piece === 'string' ? (
          piece
        ) : (
          // No button: that would be a box of its own, and lines would break before the particle or the full stop behind it.
          <dfn class="learn-term" tabIndex={0} key={at} {...tip(piece.word.means)}>
            {piece.text}
          </dfn>
        ),
      )}
    </>
  );
}
