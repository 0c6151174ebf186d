interface Scroll {
  /** What to bring into view, as a selector: the stage, if nothing else is said. */
  readonly place?: string;
  /** Only to what is below. */
  readonly only?: 'down';
  readonly smooth?: boolean;
}

/** Scrolls the page: `scrollIntoView` might move the frame around it, too. */
export function bringIntoView({ place = '.learn-play', only, smooth = false }: Scroll = {}): void {
  const main = document.getElementById('main');
  const stage = document.querySelector(place);
  if (main === null || stage === null) return;
  const way = stage.getBoundingClientRect().top - main.getBoundingClientRect().top - 12;
  if (only === 'down' && way < 0) return;
  main.scrollTo({ top: main.scrollTop + way, behavior: smooth ? 'smooth' : 'instant' });
}
