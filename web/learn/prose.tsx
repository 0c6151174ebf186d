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
          <button type="button" class="learn-term" key={at} {...tip(piece.word.means)}>
            {piece.text}
          </button>
        ),
      )}
    </>
  );
}
