import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** A certificate that signs itself, for `localhost` and 127.0.0.1, and its key, in PEM form. */
export interface TestCertificate {
  readonly certificate: string;
  readonly key: string;
}

const DAY = 86_400_000;

/** The object identifiers that it takes, in DER. */
const OID = {
  ecdsaWithSha256: '06082a8648ce3d040302',
  commonName: '0603550403',
  subjectAltName: '0603551d11',
  basicConstraints: '0603551d13',
};

/**
 * Makes a certificate (RFC 5280) with a key of its own.
 * @param name its subject's common name
 * @param days for how many days from now it is valid; negative: since when it is not any more
 */
export function makeCertificate(name = 'localhost', days = 30): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(0x30, hex(OID.ecdsaWithSha256));
  const subject = der(0x30, der(0x31, der(0x30, hex(OID.commonName), der(0x0c, Buffer.from(name)))));
  const alternatives = der(0x30, der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])));
  const until = Date.now() + days * DAY;
  const body = der(
    0x30,
    der(0xa0, der(0x02, Buffer.of(2))),
    der(0x02, Buffer.of(1), randomBytes(8)),
    algorithm,
    subject,
    der(0x30, time(Math.min(Date.now(), until) - DAY), time(until)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(
      0xa3,
      der(
        0x30,
        der(0x30, hex(OID.basicConstraints), der(0x04, der(0x30, der(0x01, Buffer.of(0xff))))),
        der(0x30, hex(OID.subjectAltName), der(0x04, alternatives)),
      ),
    ),
  );
  const signature = der(0x03, Buffer.of(0), sign('sha256', body, privateKey));
  return { certificate: pem('CERTIFICATE', der(0x30, body, algorithm, signature)), key: pemOf(privateKey) };
}

/** Writes a pair into a folder as `cert.pem` and `key.pem`, each put in its place whole. */
export async function writeCertificate(folder: string, { certificate, key }: TestCertificate): Promise<void> {
  for (const [name, text] of Object.entries({ 'key.pem': key, 'cert.pem': certificate })) {
    await writeFile(join(folder, `${name}.new`), text);
    await rename(join(folder, `${name}.new`), join(folder, name));
  }
}

function pemOf(key: KeyObject): string {
  return key.export({ type: 'pkcs8', format: 'pem' }) as string;
}

function pem(label: string, bytes: Buffer): string {
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ''].join('\n');
}

function time(at: number): Buffer {
  const digits = new Date(at).toISOString().replace(/\.\d+|\D/g, '');
  return der(0x18, Buffer.from(`${digits}Z`));
}

function hex(text: string): Buffer {
  return Buffer.from(text, 'hex');
}

/** A value in DER: its tag, its length, and what it holds. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const held = Buffer.concat(parts);
  const [high, low] = [held.length >> 8, held.length & 0xff];
  const length = high > 0 ? [0x82, high, low] : low >= 0x80 ? [0x81, low] : [low];
  return Buffer.concat([Buffer.of(tag, ...length), held]);
}
