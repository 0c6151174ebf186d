import type { ClientMessage, ImpairmentSettings } from './protocol';

/** What a page has sent, where it is what the protocol has; else `undefined`. Nothing else of it is believed. */
export function clientMessage(value: unknown): ClientMessage | undefined {
  if (!isObject(value)) return undefined;
  const { type, request, connection } = value;
  if (!isCount(request)) return undefined;
  switch (type) {
    case 'close':
    case 'abort':
      return isCount(connection) ? { type, request, connection } : undefined;
    case 'send': {
      const { text } = value;
      return isCount(connection) && typeof text === 'string' ? { type, request, connection, text } : undefined;
    }
    case 'watch':
      return connection === null || isCount(connection) ? { type, request, connection } : undefined;
    case 'impair':
      return isObject(value['settings']) ? { type, request, settings: settingsOf(value['settings']) } : undefined;
    default:
      return undefined;
  }
}

/** The request's number, also of one that is not understood. */
export function requestOf(value: unknown): number {
  return isObject(value) && isCount(value['request']) ? value['request'] : 0;
}

/** What is no number is NaN, which every setting refuses. */
function settingsOf(given: Record<string, unknown>): ImpairmentSettings {
  const settings: Record<string, number | null> = {};
  for (const [name, value] of Object.entries(given)) {
    if (value !== undefined) settings[name] = typeof value === 'number' || value === null ? value : NaN;
  }
  return settings;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
