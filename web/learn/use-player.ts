import { signal, type Signal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import type { Lesson } from '../../src/lessons';
import { Player, type PlayerOptions } from './player';

/** A player, and what tells that something of it must be drawn anew. */
export interface Stage {
  readonly player: Player;
  /** Changes with time: for what moves. */
  readonly clock: Signal<number>;
  /** Changes with what happens. */
  readonly version: Signal<number>;
}

/** A component that calls this is drawn anew with each frame of the screen in which time has moved. */
export function redrawWithTime({ clock }: Stage): number {
  return clock.value;
}

const STILL = '(prefers-reduced-motion: reduce)';

/** A player that the screen's frames drive; another one when `key` is another. */
export function useStage(lesson: Lesson, key: string, options: PlayerOptions): Stage {
  const stage = useMemo<Stage>(() => {
    const clock = signal(0);
    const version = signal(0);
    const player = new Player(lesson, options, (what) => {
      clock.value += 1;
      if (what === 'events') version.value += 1;
    });
    player.animated = !matchMedia(STILL).matches;
    return { player, clock, version };
  }, [lesson, key]);
  useEffect(() => {
    const media = matchMedia(STILL);
    const motion = (): void => {
      stage.player.animated = !media.matches;
    };
    media.addEventListener('change', motion);
    let before: number | undefined;
    let frame = 0;
    const tick = (now: number): void => {
      if (before !== undefined) stage.player.tick(now - before);
      before = now;
      frame = requestAnimationFrame(tick);
    };
    frame = requestAnimationFrame(tick);
    return () => {
      cancelAnimationFrame(frame);
      media.removeEventListener('change', motion);
    };
  }, [stage]);
  return stage;
}
