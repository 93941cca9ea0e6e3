import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** The cost of a hash: argon2id's memory in KiB and its passes. OWASP's minimum is 19 MiB and 2. */
export interface Cost {
  readonly memory: number;
  readonly passes: number;
}

const TAG_BYTES = 32;
const SALT_BYTES = 16;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/;
const SHA1 = /^\$sha1\$([0-9a-f]{40})$/;

/** The salt for hashing a secret that has no hash to compare with. */
const NO_SALT = Buffer.alloc(SALT_BYTES);

const derive = promisify(argon2);

/** Normalizes a secret for hashing: maps all blanks to U+0020 and composes characters (RFC 8265, OpaqueString). */
export function preparedSecret(secret: string): string {
  return secret.replace(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** Hashes a secret with argon2id (RFC 9106), as a string in the PHC format. */
export async function hashSecret(secret: string, cost: Cost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await argon2id(secret, salt, cost);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=1$${base64(salt)}$${base64(tag)}`;
}

/**
 * Whether a secret matches a hash: argon2id, or an imported unsalted SHA-1. It always computes an argon2id hash, so that
 * its time tells nothing: with the current cost for an imported hash, and for '', which nothing matches.
 */
export async function verifySecret(secret: string, hash: string, today: Cost): Promise<boolean> {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(hash) ?? [];
  if (salt === undefined || tag === undefined) {
    await argon2id(secret, NO_SALT, today);
    const [, sha1] = SHA1.exec(hash) ?? [];
    const digest = createHash('sha1').update(secret).digest();
    return sha1 !== undefined && timingSafeEqual(digest, Buffer.from(sha1, 'hex'));
  }
  const wanted = Buffer.from(tag, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes) };
  const found = await argon2id(secret, Buffer.from(salt, 'base64'), cost, Number(parallelism), wanted.length);
  return timingSafeEqual(found, wanted);
}

/** Whether a hash was made with other parameters than the current ones. */
export function isStale(hash: string, { memory, passes }: Cost): boolean {
  const today = `$argon2id$v=19$m=${memory},t=${passes},p=1$`;
  const [salt = '', tag = ''] = hash.slice(today.length).split('$');
  const bytes = (text: string) => Buffer.from(text, 'base64').length;
  return !hash.startsWith(today) || bytes(salt) !== SALT_BYTES || bytes(tag) !== TAG_BYTES;
}

async function argon2id(secret: string, nonce: Buffer, cost: Cost, parallelism = 1, tagLength = TAG_BYTES) {
  const { memory, passes } = cost;
  return Buffer.from(await derive('argon2id', { message: secret, nonce, parallelism, tagLength, memory, passes }));
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
