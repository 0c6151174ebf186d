import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { Failure, reasonOf } from '../failure';

/** What a TLS server shows to its clients, and the key to it; both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate in hexadecimal digits, as browsers and openssl show it. */
  readonly fingerprint: string;
}

/** How long a certificate that we make is valid, in days: long enough to play with. */
const DAYS = 30;
const DAY = 24 * 60 * 60 * 1000;

/** A certificate for `address` and `localhost`, signed by itself: no client trusts it unless it is told to. EC P-256. */
export async function makeCertificate(address: string, now = new Date()): Promise<Certificate> {
  // Loaded only here: it is large, and most commands do without.
  const { generate } = await import('selfsigned');
  const { cert, private: key } = await generate([{ name: 'commonName', value: address }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // Clients whose clocks are somewhat behind take it too.
    notBeforeDate: new Date(now.getTime() - DAY),
    notAfterDate: new Date(now.getTime() + DAYS * DAY),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 7, ip: address },
          { type: 2, value: 'localhost' },
        ],
      },
    ],
  });
  return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
}

/**
 * The certificate in `certFile`, with those that lead from it to a root behind it, and the key in `keyFile`.
 * @throws Failure when one cannot be read, or the key is not the certificate's
 */
export function readCertificate(certFile: string, keyFile: string): Certificate {
  const cert = read('certificate', certFile);
  const key = read('key', keyFile);
  try {
    createSecureContext({ cert, key });
    return { cert, key, fingerprint: new X509Certificate(cert).fingerprint256 };
  } catch (error) {
    throw new Failure(
      `cannot use the certificate ${certFile} with the key ${keyFile}: ${reasonOf(error)}. ` +
        'Both are PEM files, the key without a password and the one that the certificate was made with',
    );
  }
}

function read(what: string, file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw new Failure(`cannot read the ${what}: ${reasonOf(error)}`);
  }
}
