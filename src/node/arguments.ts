import * as net from 'node:net';

/** One call of `connect` or `listen`: its options, and the callback that stood last. */
export interface Call<Options> {
  readonly options: Options;
  readonly callback: (() => void) | undefined;
}

/**
 * Brings the many ways in which `connect` and `listen` can be called into one:
 * `(options, callback?)`, `(path, callback?)` and `(port, host?, …, callback?)`.
 *
 * A string that says a number is a port, as in Node; any other is the path of a Unix domain socket. Nothing is checked
 * here beyond that: `Options` is what the overloads of the caller promise.
 */
export function callArguments<Options extends object>(args: readonly unknown[]): Call<Options> {
  const last = args.at(-1);
  return {
    options: firstArguments(args) as Options,
    callback: typeof last === 'function' ? (last as () => void) : undefined,
  };
}

/** `net._normalizeArgs`, which libraries use although Node does not document it. */
export const { _normalizeArgs: normalizeArgs } = net as unknown as Record<
  '_normalizeArgs',
  (args: unknown[]) => unknown[]
>;

/** What it marks its arrays with. Another array has no port, as any object. */
const NORMALIZED = Object.getOwnPropertySymbols(normalizeArgs([]));

/** As `callArguments`, for `connect`: its arguments may also come as one array, as `net._normalizeArgs` gives them. */
export function connectArguments<Options extends object>(args: readonly unknown[]): Call<Options> {
  const [first] = args;
  if (Array.isArray(first) && NORMALIZED.some((mark) => mark in first)) return connectArguments<Options>(first);
  const last = args.at(-1);
  const callback = typeof last === 'function' ? (last as () => void) : undefined;
  // Nobody changes these options, so they need no copy. A function that stands first is taken for a port, as in Node.
  const options =
    typeof first === 'object' && first !== null
      ? first
      : typeof first === 'function'
        ? { port: first }
        : args.length === 0
          ? {}
          : firstArguments(args);
  return { options: options as Options, callback };
}

function firstArguments([first, second]: readonly unknown[]): object {
  if (typeof first === 'object' && first !== null) return { ...first };
  if (typeof first === 'string' && !(Number(first) >= 0)) return { path: first };
  if (typeof first === 'function') return {};
  return typeof second === 'string' ? { port: first, host: second } : { port: first };
}
