import { CaptureComments } from '../../link/capture-comments';
import type { TraceListener } from '../../trace';
import type { Lang } from '../lang';
import { TraceAnnotator } from './annotator';

export { TraceAnnotator } from './annotator';

export interface AnnotateOptions {
  /** Of the sentences; states and variables have their names. Default `en`. */
  readonly lang?: Lang;
}

/** The comments of a stack's captures, and how they end. */
export class StackComments extends CaptureComments {
  /** Hears no more of the stack: packets of whatever passes from now on say nothing. */
  readonly end: () => void;

  constructor(stack: Observable, { lang = 'en' }: AnnotateOptions = {}) {
    const annotator = new TraceAnnotator(lang);
    super(annotator);
    this.end = stack.observe((event) => {
      annotator.event(event);
    });
  }
}

/** A stack, as far as it is needed here. */
export interface Observable {
  observe(listener: TraceListener): () => void;
}

/**
 * Comments for the captures of a stack's links, made from its trace: our state before and after each packet, why it was sent, what it
 * caused when it came in, and the connection's variables.
 *
 *     stack.attach(capture(link, sink, { clock, comments: annotate(stack) }), { address })
 *
 * The capture stands next to the stack; what stands between them, like `impair` around it, may hold packets back for so long that nobody
 * knows any more what they caused.
 */
export function annotate(stack: Observable, options: AnnotateOptions = {}): StackComments {
  return new StackComments(stack, options);
}
