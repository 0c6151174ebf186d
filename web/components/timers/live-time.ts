import { useEffect, useRef, useState } from 'preact/hooks';

/** How often a timer that runs is drawn, ms: as often as a moving bar needs, or as a figure is read. */
const STEP = { moving: 100, still: 500 };

/**
 * The time now, µs on the clock of `now`, which may be told more seldom: between two words of it, it goes on by the page's clock.
 * @param runs false: time stands where it was told
 * @returns the same `now` when it does not run
 */
export function useLiveTime(now: number, runs: boolean): number {
  const told = useRef({ now, at: performance.now() });
  if (told.current.now !== now) told.current = { now, at: performance.now() };
  const [, draw] = useState(0);
  useEffect(() => {
    if (!runs) return undefined;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    const timer = setInterval(
      () => {
        draw((count) => count + 1);
      },
      still ? STEP.still : STEP.moving,
    );
    return () => {
      clearInterval(timer);
    };
  }, [runs]);
  return runs ? now + (performance.now() - told.current.at) * 1000 : now;
}
