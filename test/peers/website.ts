import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { Server as SecureServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'expect';
import type { Stack } from '../../src';
import { type Certificates, certificates } from '../support/certificates';
import type { AttachOptions, Lab } from '../support/lab';
import type { Program } from '../support/lab-program';

/** A stack in a lab with web servers on ports 80 and 443. */
export interface Website {
  readonly stack: Stack;
  readonly http: Server;
  readonly https: SecureServer;
  readonly made: Certificates;
  /** The file with the certificate that a program shall trust. */
  readonly ca: string;
  readonly url: (scheme: 'http' | 'https' | 'ws' | 'wss', path?: string) => string;
}

/** @param answer of both servers */
export async function website(lab: Lab, answer: RequestListener, options?: AttachOptions): Promise<Website> {
  const made = await certificates();
  const stack = lab.attach(options);
  return {
    stack,
    http: stack.http.createServer(answer).listen(80),
    https: stack.https.createServer(made.server, answer).listen(443),
    made,
    ca: file(lab, 'ca.pem', made.ca.cert),
    url: (scheme, path = '/') => `${scheme}://${lab.address}${path}`,
  };
}

/** Makes a file for a program, and gives its path. It is there until the test ends. */
export function file(lab: Lab, name: string, content: string | Uint8Array): string {
  const path = join(directory(lab), name);
  writeFileSync(path, content);
  return path;
}

/** A directory, until the test ends. */
export function directory(lab: Lab): string {
  const path = mkdtempSync(join(tmpdir(), 'synack-web-'));
  lab.atEnd(() => {
    rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  });
  return path;
}

/** What a program has written, when it has ended well. */
export async function said(program: Program): Promise<string> {
  expect([await program.ended, program.stderr]).toEqual([0, '']);
  return program.output.toString();
}

/** `TLSv1.3`, and the like; '' without TLS. */
export function protocolOf({ socket }: IncomingMessage): string {
  return 'getProtocol' in socket ? String((socket as { getProtocol: () => string | null }).getProtocol()) : '';
}
