/** synack's public API for Node.js: the core, the Node faces, and the links that need a Linux device. */
export * from './core';
export { Stack, type StackOptions } from './node/stack';
export { type ProxyAgent, type ProxyAgentOptions } from './node/proxy-agent';
export { ProxyError } from './node/proxy-errors';
export { type KeylogListener } from './node/tls';
export { type DispatcherOptions } from './node/undici';
export { encodeSecrets } from './link/pcapng';
export { replaceModules } from './run';
export { TapLink, type TapOptions } from './link/tap';
export { TunLink, type TunOptions } from './link/tun';
export { StackWorkers, type StackProgram, type StackWorkersOptions, type WorkerInfo } from './workers/workers';
export { LinkError } from './link/errors';
export { openLink, type LinkConfig, type OpenedLink, type OpenLinkOptions } from './link/open';
export { parseLink, type LinkNotation } from './link/notation';
export { offerStatus, type Offer, type OfferOptions } from './control/offer';
export type { StackReport } from './control/report';
export { Ladder, Log, type LadderOptions, type LogOptions } from './inspect';
