import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/** What one hash costs: argon2id's memory in KiB and its passes. OWASP's minimum is 19 MiB and 2. */
export interface Cost {
  readonly memory: number;
  readonly passes: number;
}

const TAG_BYTES = 32;
const SALT_BYTES = 16;
const PHC = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([\w+/]+)\$([\w+/]+)$/;
const SHA1 = /^\$sha1\$([0-9a-f]{40})$/;

const derive = promisify(argon2);

/** Hashes a secret with argon2id (RFC 9106), as a string in the PHC format. */
export async function hashSecret(secret: string, cost: Cost): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const tag = await argon2id(secret, salt, cost);
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=1$${base64(salt)}$${base64(tag)}`;
}

/** Whether a secret is the one of a hash: ours, or an imported unsalted SHA-1. */
export async function verifySecret(secret: string, hash: string): Promise<boolean> {
  const [, sha1] = SHA1.exec(hash) ?? [];
  if (sha1 !== undefined) return timingSafeEqual(createHash('sha1').update(secret).digest(), Buffer.from(sha1, 'hex'));
  const [, memory, passes, salt, tag] = PHC.exec(hash) ?? [];
  if (salt === undefined || tag === undefined) return false;
  const wanted = Buffer.from(tag, 'base64');
  const cost = { memory: Number(memory), passes: Number(passes) };
  return timingSafeEqual(await argon2id(secret, Buffer.from(salt, 'base64'), cost, wanted.length), wanted);
}

/** Whether a hash was made otherwise than hashes are made today. */
export function isStale(hash: string, cost: Cost): boolean {
  const [, memory, passes] = PHC.exec(hash) ?? [];
  return Number(memory) !== cost.memory || Number(passes) !== cost.passes;
}

async function argon2id(secret: string, nonce: Buffer, cost: Cost, tagLength = TAG_BYTES): Promise<Buffer> {
  const parameters = { message: secret, nonce, parallelism: 1, tagLength, memory: cost.memory, passes: cost.passes };
  return Buffer.from(await derive('argon2id', parameters));
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
