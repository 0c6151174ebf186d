import { useEffect, useRef, useState } from 'preact/hooks';
import type { View } from './view';

/** How long a slide takes, ms. */
const SLIDE = 260;

/** The view on its way to `target`: it slides there, or jumps where the reader wants no motion or it is too far to follow. */
export function useEased(target: View): View {
  const [shown, setShown] = useState(target);
  const last = useRef(target);
  useEffect(() => {
    const from = last.current;
    const go = (view: View): void => {
      last.current = view;
      setShown(view);
    };
    const far = Math.abs(target.from - from.from) > 3 * (target.to - target.from);
    if (far || matchMedia('(prefers-reduced-motion: reduce)').matches) {
      go(target);
      return undefined;
    }
    let frame = 0;
    let begin: number | undefined;
    const slide = (time: number): void => {
      begin ??= time;
      const t = Math.min(1, (time - begin) / SLIDE);
      const eased = 1 - (1 - t) ** 3;
      go({ from: from.from + (target.from - from.from) * eased, to: from.to + (target.to - from.to) * eased });
      if (t < 1) frame = requestAnimationFrame(slide);
    };
    frame = requestAnimationFrame(slide);
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [target.from, target.to]);
  return shown;
}
