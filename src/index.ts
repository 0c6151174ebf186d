/** synack's public API for Node.js: the core, the Node faces, and the links that need a Linux device. */
export * from './core';
export { Stack } from './node/stack';
export { replaceModules } from './run';
export { TapLink, type TapOptions } from './link/tap';
export { StackWorkers, type StackProgram, type StackWorkersOptions, type WorkerInfo } from './workers/workers';
export { LinkError } from './link/errors';
export { Ladder, Log, type LadderOptions, type LogOptions } from './inspect';
