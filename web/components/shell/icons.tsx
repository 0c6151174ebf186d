import type { ComponentChild } from 'preact';

function Icon({ children }: { readonly children: ComponentChild }) {
  return (
    <svg class="icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

const STROKE = {
  fill: 'none',
  stroke: 'currentColor',
  'stroke-width': 1.6,
  'stroke-linecap': 'round',
  'stroke-linejoin': 'round',
} as const;

export const ICONS = {
  system: (
    <Icon>
      <circle cx="10" cy="10" r="6.5" {...STROKE} />
      <path d="M10 3.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
    </Icon>
  ),
  light: (
    <Icon>
      <circle cx="10" cy="10" r="3.2" {...STROKE} />
      <path
        d="M10 2.5v2M10 15.5v2M2.5 10h2M15.5 10h2M4.7 4.7l1.4 1.4M13.9 13.9l1.4 1.4M15.3 4.7l-1.4 1.4M6.1 13.9l-1.4 1.4"
        {...STROKE}
      />
    </Icon>
  ),
  dark: (
    <Icon>
      <path d="M16 12.2A6.6 6.6 0 0 1 7.8 4a6.6 6.6 0 1 0 8.2 8.2z" {...STROKE} />
    </Icon>
  ),
  pause: (
    <Icon>
      <path d="M7 4.5v11M13 4.5v11" {...STROKE} stroke-width={2.2} />
    </Icon>
  ),
  play: (
    <Icon>
      <path d="M6 4.2l9.5 5.8L6 15.8z" fill="currentColor" />
    </Icon>
  ),
  back: (
    <Icon>
      <path d="M12.5 4.5L7 10l5.5 5.5" {...STROKE} />
    </Icon>
  ),
  network: (
    <Icon>
      <path d="M2.5 12.5c2-6 4 4 6-1s3.5-4 4.5 0 2.5 2 4.5-2" {...STROKE} />
    </Icon>
  ),
  close: (
    <Icon>
      <path d="M5 5l10 10M15 5L5 15" {...STROKE} />
    </Icon>
  ),
} as const;
