import { Duplex } from 'node:stream';

/** The object that is being made a stream of, where it was there before its constructor was called. */
let subject: object | undefined;

/**
 * `Duplex`, as the parent of a class that `callable` makes a function of: its constructor may be given an object to work on. (What a
 * constructor returns is `this` for the classes that are derived from it.)
 */
export const CallableDuplex = function (this: Duplex, options: unknown): object {
  const self = subject ?? this;
  subject = undefined;
  Reflect.apply(Duplex, self, [options]);
  return self;
} as unknown as typeof Duplex;

Object.setPrototypeOf(CallableDuplex, Duplex);
CallableDuplex.prototype = Duplex.prototype;

/**
 * A class as a function, as Node's own are: it can be called without `new`, also on an object that inherits from it
 * (`util.inherits(X, Socket)`, and `Socket.call(this)` in X), which only works where the class stands on `CallableDuplex`.
 */
export function callable<C extends new (...args: never[]) => object>(made: C, name: string): C {
  const callableClass = function (this: unknown, ...args: unknown[]): object {
    if (new.target !== undefined) return Reflect.construct(made, args, new.target) as object;
    subject = this instanceof made ? this : undefined;
    try {
      return Reflect.construct(made, args) as object;
    } finally {
      // Arguments that cannot be are refused before it is used.
      subject = undefined;
    }
  };
  Object.setPrototypeOf(callableClass, made);
  Object.defineProperty(callableClass, 'name', { value: name, configurable: true });
  callableClass.prototype = made.prototype as object;
  Object.defineProperty(made.prototype, 'constructor', { value: callableClass, writable: true, configurable: true });
  return callableClass as unknown as C;
}
