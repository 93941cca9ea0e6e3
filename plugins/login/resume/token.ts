import { createHmac, timingSafeEqual } from 'node:crypto';

/** What a token says. */
export interface Claims {
  /** The account's id, and the epoch that its login is from. */
  readonly account: number;
  readonly epoch: number;
  /** The login that it continues. */
  readonly device: string;
  /** The name that the client has for its device; empty for the default one. */
  readonly deviceName: string;
  /** The plugin that vouched for the login. */
  readonly provider: string;
  /** When it was issued and when it expires, in milliseconds since 1970. */
  readonly issued: number;
  readonly expires: number;
}

/** Names the form of a token and how it is signed. There is one: nobody can ask for another. */
const VERSION = 'v2';
const FORM = /^v2\.([\w-]+)\.([\w-]{43})$/;

/** The longest token that is looked at, in characters. */
const LONGEST = 1024;

/** How far ahead of the clock a token may have been issued, in milliseconds: clocks are set back a little. */
const TOLERANCE = 300_000;

/** Issues a token. */
export function sign(claims: Claims, key: Uint8Array): string {
  const { account, epoch, device, deviceName, provider, issued, expires } = claims;
  const named = deviceName === '' ? [] : [deviceName];
  const parts = [account, epoch, device, provider, issued, expires, ...named];
  const body = Buffer.from(JSON.stringify(parts)).toString('base64url');
  return `${VERSION}.${body}.${macOf(body, key)}`;
}

/**
 * What a token says, if it was signed with this key and has not expired.
 * @param lifetime how long a token may be valid whatever it says, in milliseconds
 */
export function verify(token: string, key: Uint8Array, now: number, lifetime: number): Claims | undefined {
  if (token.length > LONGEST) return undefined;
  const [, body = '', mac = ''] = FORM.exec(token) ?? [];
  if (body === '' || !timingSafeEqual(Buffer.from(mac), Buffer.from(macOf(body, key)))) return undefined;
  const [account, epoch, device, provider, issued, expires, deviceName = ''] = JSON.parse(
    Buffer.from(body, 'base64url').toString(),
  ) as [number, number, string, string, number, number, string?];
  const isValid = now < expires && now < issued + lifetime && issued <= now + TOLERANCE;
  return isValid ? { account, epoch, device, deviceName, provider, issued, expires } : undefined;
}

/** The signature, as text: of bytes there would be several spellings. */
function macOf(body: string, key: Uint8Array): string {
  return createHmac('sha256', key).update(`chatserv resume ${VERSION}.${body}`).digest('base64url');
}
