import { decode } from '../../src/inspector/encoding';
import { PROTOCOL_VERSION, type ServerMessage } from '../../src/inspector/protocol';

/** What came over the WebSocket: a message, one of a version that this page does not speak, or nothing that makes sense. */
export type Incoming =
  | { readonly kind: 'message'; readonly message: ServerMessage }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'nonsense' };

type Fields = Readonly<Record<string, unknown>>;

const NONSENSE: Incoming = { kind: 'nonsense' };

/** The fields without which a message is of no use, and what each must be. */
const NEEDED: Readonly<Record<ServerMessage['type'], Readonly<Record<string, (value: unknown) => boolean>>>> = {
  hello: { program: isString, pid: isNumber, now: isNumber, epoch: isNumber, controls: isObject },
  events: { events: Array.isArray },
  snapshot: { now: isNumber, stack: isStack },
  sampling: { on: isBoolean, seen: isNumber, told: isNumber },
  impairment: { settings: isObject },
  done: { request: isNumber },
  failed: { request: isNumber, reason: isString },
};

/** Reads what the server says; never throws. */
export function readMessage(text: unknown): Incoming {
  if (typeof text !== 'string') return NONSENSE;
  let value: unknown;
  try {
    value = decode(text);
  } catch {
    return NONSENSE;
  }
  if (!isObject(value) || !isString(value['type'])) return NONSENSE;
  const { type, version } = value;
  if (type === 'hello' && version !== PROTOCOL_VERSION)
    return { kind: 'version', version: isNumber(version) ? version : 0 };
  if (!isType(type)) return NONSENSE;
  const fields = value;
  if (!Object.entries(NEEDED[type]).every(([name, check]) => check(fields[name]))) return NONSENSE;
  // The server is of the same package: what its fields hold is as the protocol has it.
  return { kind: 'message', message: value as unknown as ServerMessage };
}

function isType(type: unknown): type is ServerMessage['type'] {
  return isString(type) && Object.hasOwn(NEEDED, type);
}

function isStack(value: unknown): boolean {
  if (!isObject(value)) return false;
  const lists = [value['sockets'], value['neighbours'], value['interfaces']];
  return lists.every((each) => Array.isArray(each)) && isObject(value['counters']);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}
