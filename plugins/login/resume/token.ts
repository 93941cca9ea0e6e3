import { createHmac, timingSafeEqual } from 'node:crypto';

/** The contents of a token. */
export interface Claims {
  /** The account's id, and its epoch at the login. */
  readonly account: number;
  readonly epoch: number;
  /** The login that it continues. */
  readonly device: string;
  /** The client's name for its device; empty for the default one. */
  readonly deviceName: string;
  /** The epoch of that device; 0 if it was never signed out. */
  readonly deviceEpoch: number;
  /** The plugin that authenticated the login. */
  readonly provider: string;
  /** When it was issued and when it expires, in milliseconds since 1970. */
  readonly issued: number;
  readonly expires: number;
}

/** The format and the signature algorithm. There is only one, so a client cannot choose a weaker one. */
const VERSION = 'v2';
const FORM = /^v2\.([\w-]+)\.([\w-]{43})$/;

/** The longest token, in characters. */
const MAX_LENGTH = 1024;

/**
 * How far in the future a token may have been issued, in milliseconds: the clock may have been set back, and those of
 * several servers may differ.
 */
const TOLERANCE = 3_600_000;

/** Issues a token. */
export function sign(claims: Claims, key: Uint8Array): string {
  const { account, epoch, device, deviceName, deviceEpoch, provider, issued, expires } = claims;
  const parts = [account, epoch, device, provider, issued, expires, deviceName, deviceEpoch];
  const body = Buffer.from(JSON.stringify(parts)).toString('base64url');
  return `${VERSION}.${body}.${macOf(body, key)}`;
}

/**
 * Verifies a token.
 * @param lifetime how long a token may be valid, whatever it claims, in milliseconds
 * @returns its contents; undefined if it was not signed with this key or has expired
 */
export function verify(token: string, key: Uint8Array, now: number, lifetime: number): Claims | undefined {
  if (token.length > MAX_LENGTH) return undefined;
  const [, body = '', mac = ''] = FORM.exec(token) ?? [];
  if (body === '' || !timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(body, key)))) return undefined;
  const [account, epoch, device, provider, issued, expires, deviceName = '', deviceEpoch = 0] = JSON.parse(
    Buffer.from(body, 'base64url').toString(),
  ) as [number, number, string, string, number, number, string?, number?];
  const isValid = now < expires && now < issued + lifetime && issued <= now + TOLERANCE;
  return isValid ? { account, epoch, device, deviceName, deviceEpoch, provider, issued, expires } : undefined;
}

/** The signature, compared as text: several spellings in base64url decode to the same bytes. */
function macOf(body: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(`chatserv resume ${VERSION}.${body}`).digest('base64url');
}
