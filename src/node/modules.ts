/* eslint-disable @typescript-eslint/no-require-imports -- An `import` would load them with the stack, and with them Node's HTTP, HTTP/2, TLS and
   DNS: 3 MB of heap and 60 modules that a program of `net` never needs. V8 also collects old memory far more often once a program is
   larger than 8 MB or so, which a receiver of large amounts feels (docs/performance.md). */

/** The parts of a stack that are loaded when they are first asked for. */
export const modules = {
  dgram: () => require('./dgram/dgram') as typeof import('./dgram/dgram'),
  dns: () => require('./dns/dns') as typeof import('./dns/dns'),
  http: () => require('./http') as typeof import('./http'),
  http2: () => require('./http2') as typeof import('./http2'),
  https: () => require('./https') as typeof import('./https'),
  tls: () => require('./tls') as typeof import('./tls'),
  proxyAgent: () => require('./proxy-agent') as typeof import('./proxy-agent'),
  undici: () => require('./undici') as typeof import('./undici'),
};
