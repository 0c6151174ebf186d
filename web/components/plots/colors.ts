import { useEffect, useState } from 'preact/hooks';

const NAMES = [
  'text',
  'muted',
  'line',
  'panel',
  'accent',
  'left',
  'right',
  'acked',
  'in-flight',
  'sacked',
  'lost',
  'sendable',
  'again',
  'good',
] as const;

export type ColorName = (typeof NAMES)[number];
/** The palette as a canvas takes it. */
export type Colors = Readonly<Record<ColorName, string>>;

/** The palette's colours in the theme of the moment, and the light ones while it is printed; a new object when the theme changes. */
export function useColors(): Colors {
  const [colors, setColors] = useState(() => readColors());
  useEffect(() => {
    const read = (): void => {
      setColors(readColors());
    };
    const print = (): void => {
      setColors(readColors('light'));
    };
    addEventListener('beforeprint', print);
    addEventListener('afterprint', read);
    const dark = matchMedia('(prefers-color-scheme: dark)');
    dark.addEventListener('change', read);
    const observer = new MutationObserver(read);
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme', 'class', 'style'] });
    return () => {
      removeEventListener('beforeprint', print);
      removeEventListener('afterprint', read);
      dark.removeEventListener('change', read);
      observer.disconnect();
    };
  }, []);
  return colors;
}

/** A variable's own text may be `light-dark(…)`, which a canvas does not know: an element tells what it comes to. */
function readColors(scheme?: 'light'): Colors {
  const probe = document.createElement('span');
  if (scheme !== undefined) probe.style.colorScheme = scheme;
  probe.hidden = true;
  document.body.append(probe);
  const read = (name: ColorName): readonly [ColorName, string] => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  };
  const colors = Object.fromEntries(NAMES.map(read)) as Record<ColorName, string>;
  probe.remove();
  return colors;
}
