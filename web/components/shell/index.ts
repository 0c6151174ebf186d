/** What every page stands in. */
export { type KeyHelp } from './help';
export { Hint } from './hint';
export { ICONS } from './icons';
export { useKeys } from './keys';
export { Panes } from './panes';
export { Shell, type ShellProps } from './shell';
export { StateBadge } from './state-badge';
export { Tabs, type Tab } from './tabs';
export { applyTheme } from './theme';
export { tip } from './tooltip';
