import { realpathSync, statSync, type Stats } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { join, sep } from 'node:path';
import type { Readable } from 'node:stream';
import sirv from 'sirv';
import { codeOf, Failure, reasonOf } from '../failure';
import { plain } from './plain';
import { plainRange } from './range';

const EXTENSION = 'html';

/**
 * Serves the files of a directory: `index.html` for a directory in it, ranges, ETag. Nothing that begins with a dot, and nothing that a
 * symbolic link leads out of the directory to.
 * @throws Failure when there is no such directory
 */
export function serveFiles(directory: string): RequestListener {
  const root = rootOf(directory);
  // `dev`: files are looked up at each request, so they may change meanwhile.
  const serve = sirv(root, { dev: true, etag: true, extensions: [EXTENSION], setHeaders: beforeFile });
  return (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      plain(response, 405, 'Files can only be read here.', { allow: 'GET, HEAD' });
      return;
    }
    const path = pathOf(request.url ?? '/');
    const found = path === undefined ? 'nothing' : whatIs(root, path);
    if (found === 'directory' && path?.endsWith('/') === false) {
      redirect(request, response);
      return;
    }
    const absent = (): void => {
      plain(response, 404, 'There is no such file here.');
    };
    if (found === 'nothing') {
      absent();
      return;
    }
    response.once('pipe', (file: Readable) => {
      guard(file, request, response);
    });
    try {
      serve(request, response, absent);
    } catch (error) {
      // Gone, or changed into something else, since we looked.
      if (response.headersSent) response.destroy();
      else plain(response, 404, `The file cannot be read: ${codeOf(error) ?? 'it is no file'}.`);
    }
  };
}

function rootOf(directory: string): string {
  try {
    const root = realpathSync(directory);
    if (statSync(root).isDirectory()) return root;
  } catch (error) {
    throw new Failure(`cannot serve the directory ${directory}: ${reasonOf(error)}`);
  }
  throw new Failure(`cannot serve ${directory}: it is a file; give the directory that it is in`);
}

/** The decoded path of a request's target, when all of its steps lead down. */
function pathOf(target: string): string | undefined {
  let [path = ''] = target.split(/[?#]/, 1);
  try {
    path = decodeURI(path);
  } catch {
    return undefined;
  }
  const hidden = path.split(/[/\\]/).some((step) => step.startsWith('.') && step !== '.well-known');
  return hidden || !path.startsWith('/') || path.includes('\0') ? undefined : path;
}

/** What a path stands for, also with what sirv would add to it. */
function whatIs(root: string, path: string): 'file' | 'directory' | 'nothing' {
  const base = join(root, path).replace(/\/$/, '');
  const candidates = [base, join(base, 'index'), `${base}.${EXTENSION}`, join(base, `index.${EXTENSION}`)];
  let what: 'file' | 'directory' | 'nothing' = 'nothing';
  for (const candidate of candidates) {
    const stats = statSync(candidate, { throwIfNoEntry: false });
    if (stats === undefined) continue;
    const real = realpathSync(candidate);
    if (real !== root && !real.startsWith(root + sep)) return 'nothing';
    if (stats.isFile() && candidate === base && path.endsWith('/')) return 'nothing';
    if (stats.isFile()) return what === 'directory' ? what : 'file';
    if (stats.isDirectory() && candidate === base) what = 'directory';
  }
  return what;
}

/** sirv has found the file: brings the range asked for into a form that sirv reads rightly. */
function beforeFile({ req: { headers, method } }: ServerResponse, _path: string, { size, mtime }: Stats): void {
  const changed = headers['if-range'] !== undefined && headers['if-range'] !== mtime.toUTCString();
  const range = method === 'HEAD' || changed ? undefined : plainRange(headers.range, size);
  if (range === undefined) delete headers.range;
  else headers.range = range;
}

/** What sirv leaves to chance: a file that cannot be read, a client that goes away, and HEAD. */
function guard(file: Readable, request: IncomingMessage, response: ServerResponse): void {
  file.on('error', () => response.destroy());
  response.on('close', () => file.destroy());
  if (request.method !== 'HEAD') return;
  file.unpipe(response).destroy();
  response.end();
}

/** To the directory's own path, so that what its page refers to is looked for in it. */
function redirect({ url = '/' }: IncomingMessage, response: ServerResponse): void {
  const [, path = '', query = ''] = /^([^?#]*)(.*)$/.exec(url) ?? [];
  // Two slashes at the beginning would name another host.
  plain(response, 301, 'It is a directory.', { location: `${path.replace(/^\/+/, '/')}/${query}` });
}
