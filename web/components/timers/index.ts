export { Timers, type TimersProps } from './timers';
