import type { ComponentChild } from 'preact';

function Icon({ children }: { readonly children: ComponentChild }) {
  return (
    <svg
      class="icon"
      viewBox="0 0 20 20"
      width="17"
      height="17"
      fill="none"
      stroke="currentColor"
      stroke-width={1.6}
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      {children}
    </svg>
  );
}

/** Signs that few fonts have. */
export const SIGNS = {
  restart: (
    <Icon>
      <path d="M4.5 4.5v11M15.5 4.5L7 10l8.5 5.5z" />
    </Icon>
  ),
  toEnd: (
    <Icon>
      <path d="M15.5 4.5v11M4.5 4.5L13 10l-8.5 5.5z" />
    </Icon>
  ),
  back: (
    <Icon>
      <path d="M15.5 10h-11M9 5l-5 5 5 5" />
    </Icon>
  ),
  step: (
    <Icon>
      <path d="M4.5 10h11M11 5l5 5-5 5" />
    </Icon>
  ),
  clock: (
    <Icon>
      <circle cx="10" cy="10" r="7" />
      <path d="M10 6v4l2.6 2" />
    </Icon>
  ),
  fast: (
    <Icon>
      <path d="M3.5 5l6 5-6 5zM10.5 5l6 5-6 5z" />
    </Icon>
  ),
  link: (
    <Icon>
      <path d="M8.5 11.5a3.2 3.2 0 0 0 4.6 0l2.4-2.4a3.2 3.2 0 0 0-4.6-4.6l-1 1M11.5 8.5a3.2 3.2 0 0 0-4.6 0l-2.4 2.4a3.2 3.2 0 0 0 4.6 4.6l1-1" />
    </Icon>
  ),
  lose: (
    <Icon>
      <path d="M5 5l10 10M15 5L5 15" />
    </Icon>
  ),
  twice: (
    <Icon>
      <rect x="3.5" y="3.5" width="9" height="9" rx="2" />
      <path d="M15.5 8v6.5a2 2 0 0 1-2 2H7" />
    </Icon>
  ),
  hold: (
    <Icon>
      <path d="M5.5 3.5h9M5.5 16.5h9M6.5 3.5c0 4 7 4.5 7 6.5s-7 2.5-7 6.5M13.5 3.5c0 4-7 4.5-7 6.5s7 2.5 7 6.5" />
    </Icon>
  ),
} as const;
