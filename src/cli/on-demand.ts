/* eslint-disable @typescript-eslint/no-require-imports -- An `import` would load them with every command, and make each start a third
   slower. */

/** What few commands need, loaded when it is first asked for. */
export const onDemand = {
  explain: () => require('./explain/tell') as typeof import('./explain/tell'),
  lessons: () => require('../lessons') as typeof import('../lessons'),
};
