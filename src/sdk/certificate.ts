import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions, type Server } from 'node:tls';
import type { Logger } from '../api/logger.ts';
import { messageOf } from '../host/thrown.ts';

/** How often the files are checked, in milliseconds. A change counts once two checks in a row found the same. */
const LOOK_EVERY = 500;

const DAY = 86_400_000;

/** How long before its expiry a certificate should be renewed, in milliseconds; a short-lived one in its last fifth. */
const EARLY = 7 * DAY;

/** Mozilla's intermediate list (5.7) without DHE: forward secrecy and authenticated encryption only. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** Where a certificate is, each an absolute path. */
export interface CertificateFiles {
  /** In PEM: the server's own certificate first, then its issuers'. */
  readonly certificate: string;
  /** Its private key in PEM, without a passphrase. */
  readonly key: string;
}

/** A certificate that is read again when its files change. */
export interface WatchedCertificate {
  /** The current context for a `TLSSocket`: TLS 1.2 or newer, with forward secrecy. It is replaced after a change. */
  readonly context: SecureContext;
  /** Makes a server of `node:tls` or `node:https` use the current certificate for new connections from now on. */
  renews(server: Pick<Server, 'setSecureContext'>): void;
}

/**
 * Reads a certificate and its key, and watches for changes until the signal is aborted: files that are overwritten or
 * replaced, and links that lead elsewhere. Open connections are not affected. An invalid pair, such as a half-written one,
 * or one that has expired does not replace the one in use, and the log says why.
 * @throws when the first pair cannot be read or used: which file, what is wrong, and what to do
 */
export async function watchedCertificate(
  files: CertificateFiles,
  logger: Logger,
  signal: AbortSignal,
): Promise<WatchedCertificate> {
  let seen = await read(files);
  let judged = seen;
  let options = checked(seen, files);
  let context = createSecureContext(options);
  let inUse = new X509Certificate(seen.certificate as Buffer);
  const servers = new Set<Pick<Server, 'setSecureContext'>>();
  const late = outOfDate(seen, files);
  if (late !== undefined) logger.warn({ event: 'certificate-expired' }, late);
  let told = late === undefined ? 0 : Date.now();
  tellOfTheEnd();

  /** Warns once a day when the certificate in use should have been renewed. */
  function tellOfTheEnd(): void {
    const { validFromDate, validToDate } = inUse;
    const life = validToDate.getTime() - validFromDate.getTime();
    const now = Date.now();
    if (now < validToDate.getTime() - Math.min(EARLY, life / 5) || now < told + DAY) return;
    told = now;
    logger.warn(
      { event: 'certificate-ends', file: files.certificate, until: validToDate.toISOString() },
      'the certificate expires soon and was not renewed: check the renewal',
    );
  }

  async function look(): Promise<void> {
    const before = seen;
    seen = await read(files);
    // The two files are replaced one after the other.
    if (!same(seen, before) || same(seen, judged)) return;
    judged = seen;
    try {
      const wrong = outOfDate(seen, files);
      if (wrong !== undefined) throw new Error(wrong);
      options = checked(seen, files);
      context = createSecureContext(options);
      inUse = new X509Certificate(seen.certificate as Buffer);
      for (const server of servers) server.setSecureContext(options);
      logger.info({ event: 'certificate-renewed', file: files.certificate, until: ends(seen) }, 'certificate reloaded');
    } catch (cause) {
      logger.warn(
        { event: 'certificate-refused', file: files.certificate },
        `the certificate was not reloaded, and the previous one stays in use: ${messageOf(cause)}`,
      );
    }
  }

  let looking = false;
  const timer = setInterval(() => {
    if (looking) return;
    looking = true;
    void look().finally(() => {
      looking = false;
      tellOfTheEnd();
    });
  }, LOOK_EVERY).unref();
  signal.addEventListener('abort', () => clearInterval(timer), { once: true });
  if (signal.aborted) clearInterval(timer);

  return {
    get context() {
      return context;
    },
    renews(server) {
      servers.add(server);
      server.setSecureContext(options);
    },
  };
}

/** The contents of the two files, or why one cannot be read. */
interface Pair {
  readonly certificate: Buffer | Error;
  readonly key: Buffer | Error;
}

async function read(files: CertificateFiles): Promise<Pair> {
  const [certificate, key] = await Promise.all(
    [files.certificate, files.key].map((file) => readFile(file).catch((cause: Error) => cause)),
  );
  return { certificate, key } as Pair;
}

function same(one: Pair, other: Pair): boolean {
  return String(one.certificate) === String(other.certificate) && String(one.key) === String(other.key);
}

/** The options to serve with a pair. @throws when it is invalid */
function checked(pair: Pair, files: CertificateFiles): SecureContextOptions {
  const { certificate, key } = pair;
  if (certificate instanceof Error) throw unreadable('certificate', files.certificate, certificate);
  if (key instanceof Error) throw unreadable('key', files.key, key);
  const own = certificateOf(certificate, files.certificate);
  if (!own.checkPrivateKey(keyOf(key, files.key))) {
    throw new Error(
      `the key ${files.key} does not match the certificate ${files.certificate}: use a matching pair, and put the server's own certificate first in its file`,
    );
  }
  // Renegotiation costs the server more than the client, and no client needs it.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  const options = { cert: certificate, key, minVersion: 'TLSv1.2', ciphers: CIPHERS, secureOptions } as const;
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Error(`the certificate ${files.certificate} cannot be used (${messageOf(cause)}): request a new one`, {
      cause,
    });
  }
  return options;
}

function unreadable(what: string, file: string, cause: Error): Error {
  const advice =
    'code' in cause && cause.code === 'ENOENT'
      ? `set the option ${what} to where it is`
      : 'give the server read access';
  return new Error(`the ${what} ${file} cannot be read (${messageOf(cause)}): ${advice}`, { cause });
}

function certificateOf(pem: Buffer, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(`the certificate ${file} is not in PEM format (${messageOf(cause)}): convert it`, { cause });
  }
}

function keyOf(pem: Buffer, file: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    if (/ENCRYPTED/.test(pem.toString('latin1'))) {
      throw new Error(
        `the key ${file} is encrypted: store it without a passphrase, as openssl pkey -in OLD -out NEW does`,
        { cause },
      );
    }
    throw new Error(`the key ${file} is not a private key in PEM format (${messageOf(cause)}): convert it`, { cause });
  }
}

/** A sentence about a certificate that has expired or is not valid yet. */
function outOfDate({ certificate }: Pair, files: CertificateFiles): string | undefined {
  if (certificate instanceof Error) return undefined;
  const { validFromDate, validToDate } = certificateOf(certificate, files.certificate);
  const now = new Date();
  if (now > validToDate) {
    return `the certificate ${files.certificate} expired on ${validToDate.toISOString()}, and clients that check it will not connect: renew it`;
  }
  if (now < validFromDate) {
    return `the certificate ${files.certificate} is not valid before ${validFromDate.toISOString()}, and until then clients that check it will not connect: check the machine's clock`;
  }
  return undefined;
}

function ends({ certificate }: Pair): string {
  return new X509Certificate(certificate as Buffer).validToDate.toISOString();
}
