import { readdirSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { clearDead, runDirectory, whyNotOurs } from '../../control/directory';
import { PROTOCOL_VERSION, type AboutReport } from '../../inspector/protocol';

const SOCKET_NAME = /^\d+(?:-\d+)*\.inspect$/;
/** ms that each has for its answer, and bytes. */
const PATIENCE = 3000;
const LONGEST = 64 * 1024;

/** A running synack that can be seen. */
export interface Running extends AboutReport {
  /** Its inspector's Unix socket. */
  readonly path: string;
}

/** All running synacks of this user that can be seen, in the order of their process ids. Sockets of those that are gone are cleared. */
export async function running(directory = runDirectory()): Promise<Running[]> {
  const answers = await Promise.all(paths(directory).map((path) => about(path)));
  return answers.filter((each) => each !== undefined).sort((one, other) => one.pid - other.pid);
}

/** Those that a word means: a process id, or a part of a program's name. */
export function meant(all: readonly Running[], word: string): Running[] {
  if (/^\d+$/.test(word)) return all.filter(({ pid }) => pid === Number(word));
  return all.filter(({ program }) => program.includes(word));
}

function paths(directory: string): string[] {
  try {
    if (whyNotOurs(directory) !== undefined) return [];
    return readdirSync(directory)
      .filter((name) => SOCKET_NAME.test(name))
      .map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** @returns `undefined` when nobody answers in a form that we know */
function about(path: string): Promise<Running | undefined> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: path, path: '/about', timeout: PATIENCE }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
        if (text.length > LONGEST) response.destroy();
      });
      response.on('close', () => {
        resolve(read(text, path));
      });
    });
    asked.on('timeout', () => {
      asked.destroy();
    });
    asked.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNREFUSED') clearDead(path);
      resolve(undefined);
    });
    asked.end();
  });
}

function read(text: string, path: string): Running | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('version' in value) || value.version !== PROTOCOL_VERSION) {
      return undefined;
    }
    return { ...(value as AboutReport), path };
  } catch {
    return undefined;
  }
}
