import { resolve } from 'node:path';

/** For `node --require`, or `require`: the process runs TypeScript. */
export const REGISTER = resolve(__dirname, 'register.cjs');
