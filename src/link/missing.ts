import { createRequire } from 'node:module';
import { LinkError } from './errors';

/** A module of npm's that a link needs and that is not installed with synack where it cannot be built. */
interface OptionalModule {
  /** What `npm install` builds it with. */
  readonly toBuild: string;
  /** What comes before `npm`, and why, where it is defined. */
  readonly environment: string;
  /** Shared libraries that it loads, with the package that brings each. */
  readonly libraries: Readonly<Record<string, string>>;
}

const COMPILER = 'g++ make python3';

const MODULES = {
  // With its assertions `cap` ends the process when an interface that it captures on is set down.
  cap: {
    toBuild: `libpcap-dev ${COMPILER}`,
    environment: 'CXXFLAGS=-DNDEBUG ',
    libraries: { 'libpcap.so': 'libpcap0.8' },
  },
  'raw-socket': { toBuild: COMPILER, environment: '', libraries: {} },
} as const satisfies Readonly<Record<string, OptionalModule>>;

/** What synack can use if it is there. */
export type OptionalModuleName = keyof typeof MODULES;

/**
 * Loads a module that synack can do without, when a link is opened that cannot.
 *
 * @param what is being opened, for the message: `pcap eth0`
 * @param name of the module at npm
 * @param load `require`, except in tests
 * @returns the module; its type is the caller's word
 * @throws LinkError that says what to install or to build: `MODULE_NOT_FOUND` where the module or its native part is not there,
 * `ERR_DLOPEN_FAILED` where the native part is there and does not load
 */
export function loadOptional(
  what: string,
  name: OptionalModuleName,
  load: (name: string) => unknown = createRequire(__filename),
): unknown {
  try {
    return load(name);
  } catch (cause) {
    const [code, reason] = explain(name, cause);
    throw new LinkError(code, `cannot open ${what}: ${reason}`, { cause });
  }
}

function explain(name: OptionalModuleName, cause: unknown): readonly [code: string, reason: string] {
  const { code, message } = detailsOf(cause);
  const { toBuild, environment, libraries }: OptionalModule = MODULES[name];
  const build = `apt-get install ${toBuild} && ${environment}npm`;
  if (code === 'MODULE_NOT_FOUND') {
    if (message.startsWith(`Cannot find module '${name}'`)) {
      return [code, `the npm package ${name} is not installed; run: ${build} install ${name}`];
    }
    return [code, `the npm package ${name} is installed, but not built; run: ${build} rebuild ${name}`];
  }
  if (code !== 'ERR_DLOPEN_FAILED') return ['EIO', `the npm package ${name} does not load: ${message}`];
  const does = `the native part of the npm package ${name} does not load`;
  for (const [library, debian] of Object.entries(libraries)) {
    if (message.includes(library)) {
      return [code, `${does}: ${library} is not there; run: apt-get install ${debian}`];
    }
  }
  // Built for another version of Node, another processor or another C library.
  return [code, `${does}: ${message}; run: ${build} rebuild ${name}`];
}

function detailsOf(cause: unknown): { readonly code: unknown; readonly message: string } {
  if (!(cause instanceof Error)) return { code: undefined, message: String(cause) };
  return { code: 'code' in cause ? cause.code : undefined, message: cause.message };
}
