import { EventEmitter } from 'node:events';
import { Duplex } from 'node:stream';

/** The object that a class is being made of, where it was there before its constructor was called. */
let subject: object | undefined;

/**
 * A constructor of Node's (they are functions of the old kind) as the parent of a class that `callable` makes a function of: it may be given
 * an object to work on. What a constructor returns is `this` for the classes that are derived from it.
 */
function parentOfCallable<C extends new (...args: never[]) => object>(base: C): C {
  const parent = function (this: object, options: unknown): object {
    const self = subject ?? this;
    subject = undefined;
    Reflect.apply(base, self, [options]);
    return self;
  };
  Object.setPrototypeOf(parent, base);
  parent.prototype = base.prototype as object;
  return parent as unknown as C;
}

export const CallableDuplex = parentOfCallable(Duplex);
export const CallableEmitter = parentOfCallable(EventEmitter);

/**
 * A class as a function, as Node's own are: it can be called without `new`, also on an object that inherits from it
 * (`util.inherits(X, Socket)`, and `Socket.call(this)` in X). The class must stand on one of the parents above.
 */
export function callable<C extends new (...args: never[]) => object>(made: C, name: string): C {
  const Made = made as unknown as new (first: unknown, second: unknown) => object;
  // Two arguments are enough for the classes of `net`.
  const callableClass = function (this: unknown, first: unknown, second: unknown): object {
    const target = new.target as object | undefined;
    if (target === callableClass) return new Made(first, second);
    if (target !== undefined) return Reflect.construct(Made, [first, second], new.target) as object;
    subject = this instanceof Made ? this : undefined;
    try {
      return new Made(first, second);
    } finally {
      // Arguments that cannot be are refused before it is used.
      subject = undefined;
    }
  } as unknown as C;
  Object.setPrototypeOf(callableClass, made);
  Object.defineProperty(callableClass, 'name', { value: name, configurable: true });
  callableClass.prototype = made.prototype as object;
  Object.defineProperty(made.prototype, 'constructor', { value: callableClass, writable: true, configurable: true });
  return callableClass;
}
