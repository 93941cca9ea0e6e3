import { constants, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext, type SecureContext, type SecureContextOptions, type Server } from 'node:tls';
import { messageOf } from '../host/mistakes.ts';
import type { Logger } from '../kernel/logger.ts';

/** How often the files are looked at, in milliseconds. What has changed counts when two looks in a row saw the same. */
const LOOK_EVERY = 500;

const DAY = 86_400_000;

/** How long before its end a certificate is to be renewed, in milliseconds; one of a short life in its last fifth. */
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
  /** In PEM form: the server's own first, then those that vouch for it. */
  readonly certificate: string;
  /** Its private key, in PEM form and without a passphrase. */
  readonly key: string;
}

/** A certificate that is read again when its files change. */
export interface WatchedCertificate {
  /** What a `TLSSocket` is made with: TLS 1.2 or newer, with forward secrecy. It is another after a change. */
  readonly context: SecureContext;
  /** Has a server of `node:tls` or `node:https` use it for new connections, now and after each change. */
  renews(server: Pick<Server, 'setSecureContext'>): void;
}

/**
 * Reads a certificate and its key, and looks for changes until the signal is aborted, whether the files are written
 * over, replaced, or are links that lead elsewhere now. Connections that are open stay as they are. A pair that is no
 * good, half written say, or one that has expired, does not take the place of the one in use, and the log says why.
 * @throws when it cannot be read or used at first: which file, what is wrong, and what to do
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

  /** Says once a day that the certificate in use should have been renewed, if so. */
  function tellOfTheEnd(): void {
    const { validFromDate, validToDate } = inUse;
    const life = validToDate.getTime() - validFromDate.getTime();
    const now = Date.now();
    if (now < validToDate.getTime() - Math.min(EARLY, life / 5) || now < told + DAY) return;
    told = now;
    logger.warn(
      { event: 'certificate-ends', file: files.certificate, until: validToDate.toISOString() },
      'the certificate in use ends soon, and no new one has come: look why it is not renewed',
    );
  }

  async function look(): Promise<void> {
    const before = seen;
    seen = await read(files);
    // Whoever replaces two files does so one after the other.
    if (!same(seen, before) || same(seen, judged)) return;
    judged = seen;
    try {
      const wrong = outOfDate(seen, files);
      if (wrong !== undefined) throw new Error(wrong);
      options = checked(seen, files);
      context = createSecureContext(options);
      inUse = new X509Certificate(seen.certificate as Buffer);
      for (const server of servers) server.setSecureContext(options);
      logger.info(
        { event: 'certificate-renewed', file: files.certificate, until: ends(seen) },
        'a new certificate is in use',
      );
    } catch (cause) {
      logger.warn(
        { event: 'certificate-refused', file: files.certificate },
        `the certificate in use stays: ${messageOf(cause)}`,
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

/** What the two files say; where one cannot be read, why. */
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

/** What the pair is served with. @throws when it is no good */
function checked(pair: Pair, files: CertificateFiles): SecureContextOptions {
  const { certificate, key } = pair;
  if (certificate instanceof Error) throw unreadable('certificate', files.certificate, certificate);
  if (key instanceof Error) throw unreadable('key', files.key, key);
  const own = certificateOf(certificate, files.certificate);
  if (!own.checkPrivateKey(keyOf(key, files.key))) {
    throw new Error(
      `the key ${files.key} does not belong to the certificate ${files.certificate}: name the two that were made together, and in the certificate's file put the server's own first`,
    );
  }
  // Renegotiation costs the server more than the client, and nobody needs it.
  const secureOptions = constants.SSL_OP_NO_RENEGOTIATION;
  const options = { cert: certificate, key, minVersion: 'TLSv1.2', ciphers: CIPHERS, secureOptions } as const;
  try {
    createSecureContext(options);
  } catch (cause) {
    throw new Error(`the certificate ${files.certificate} cannot be used (${messageOf(cause)}): have another made`, {
      cause,
    });
  }
  return options;
}

function unreadable(what: string, file: string, cause: Error): Error {
  const advice =
    'code' in cause && cause.code === 'ENOENT' ? `set the option ${what} to where it is` : 'let the server read it';
  return new Error(`the ${what} ${file} cannot be read (${messageOf(cause)}): ${advice}`, { cause });
}

function certificateOf(pem: Buffer, file: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw new Error(`the certificate ${file} is none in PEM form (${messageOf(cause)}): give it as such`, { cause });
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
    throw new Error(`the key ${file} is no private key in PEM form (${messageOf(cause)}): give it as such`, { cause });
  }
}

/** Says that the certificate's time is not now, if so. */
function outOfDate({ certificate }: Pair, files: CertificateFiles): string | undefined {
  if (certificate instanceof Error) return undefined;
  const { validFromDate, validToDate } = certificateOf(certificate, files.certificate);
  const now = new Date();
  if (now > validToDate) {
    return `the certificate ${files.certificate} has expired on ${validToDate.toISOString()}, and clients that check it will not connect: have it renewed`;
  }
  if (now < validFromDate) {
    return `the certificate ${files.certificate} begins to be valid only on ${validFromDate.toISOString()}, and clients that check it will not connect before: look whether the machine's clock is right`;
  }
  return undefined;
}

function ends({ certificate }: Pair): string {
  return new X509Certificate(certificate as Buffer).validToDate.toISOString();
}
