import { X509Certificate } from 'node:crypto';
import { generate } from 'selfsigned';

/** A certificate and its private key, both in PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** What the tests of TLS need; made once for each process, for it takes some milliseconds. */
export interface Certificates {
  /** Signs all others. It is `ca` for whoever shall trust them. */
  readonly ca: Certificate;
  /** For `localhost`, 127.0.0.1, ::1, and both ends of a lab's TAP. */
  readonly server: Certificate;
  /** For `other.test`. */
  readonly other: Certificate;
  /** A client's. */
  readonly client: Certificate;
  /** One that nobody has signed but itself. */
  readonly stranger: Certificate;
}

const ADDRESSES = ['127.0.0.1', '10.9.0.1', '10.9.0.2', '::1', 'fd00:9::1', 'fd00:9::2'];
const DNS_NAME = 2;
const IP_ADDRESS = 7;
const HOUR = 3_600_000;

let made: Promise<Certificates> | undefined;

export async function certificates(): Promise<Certificates> {
  return await (made ??= make());
}

/** The hash of a certificate's public key, as Chromium's `--ignore-certificate-errors-spki-list` takes it. */
export function publicKeyOf(certificate: Certificate): Buffer {
  return new X509Certificate(certificate.cert).publicKey.export({ type: 'spki', format: 'der' });
}

async function make(): Promise<Certificates> {
  const ca = await issue('synack test authority');
  const server = await issue('localhost', ca, [
    { type: DNS_NAME, value: 'localhost' },
    ...ADDRESSES.map((ip) => ({ type: IP_ADDRESS, ip }) as const),
  ]);
  const other = await issue('other.test', ca, [{ type: DNS_NAME, value: 'other.test' }]);
  const client = await issue('a client', ca, [{ type: DNS_NAME, value: 'client.test' }]);
  const stranger = await issue('a stranger', undefined, [{ type: DNS_NAME, value: 'localhost' }]);
  return { ca, server, other, client, stranger };
}

type AltName = { readonly type: 2; readonly value: string } | { readonly type: 7; readonly ip: string };

/**
 * @param ca who signs it; without one it signs itself
 * @param names whose it is; without any it is an authority's
 */
async function issue(commonName: string, ca?: Certificate, names?: readonly AltName[]): Promise<Certificate> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - HOUR),
    ...(ca && { ca }),
    extensions:
      names === undefined
        ? [
            { name: 'basicConstraints', cA: true, critical: true },
            { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
          ]
        : [{ name: 'subjectAltName', altNames: [...names] }],
  });
  return { cert, key };
}
