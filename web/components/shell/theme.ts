import { signal } from '@preact/signals';

export type Theme = 'system' | 'light' | 'dark';

const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

const STORED = 'synack-theme';

/** Light or dark, or as the system has it; as last chosen. */
export const theme = signal<Theme>(stored());

/** Changes the theme, and remembers it. */
function chooseTheme(chosen: Theme): void {
  theme.value = chosen;
  applyTheme();
  try {
    localStorage.setItem(STORED, chosen);
  } catch {
    // A page opened from a file may have no storage.
  }
}

/** The next one in turn. */
export function turnTheme(): void {
  chooseTheme(THEMES[(THEMES.indexOf(theme.value) + 1) % THEMES.length] ?? 'system');
}

/** Writes the theme where theme.css looks for it. */
export function applyTheme(): void {
  if (theme.value === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme.value;
}

function stored(): Theme {
  try {
    const found = localStorage.getItem(STORED);
    return THEMES.find((each) => each === found) ?? 'system';
  } catch {
    return 'system';
  }
}
