import { DEFAULT_DEVICE, deviceNameOf } from 'chatserv';

/** Who a client says it is. */
export interface Identity {
  readonly account: string;
  /** Empty for the account's default device; undefined if the client names none. */
  readonly device: string | undefined;
  /** Undefined for a guest. */
  readonly password: string | undefined;
}

/** Splits `alice@phone` into the account's name and that of the device. An `@` of the name itself stays in it. */
function parts(text: string): Pick<Identity, 'account' | 'device'> {
  const at = text.lastIndexOf('@');
  const device = text.slice(at + 1);
  const isNamed = at > 0 && (device === DEFAULT_DEVICE || deviceNameOf(device) !== undefined);
  if (!isNamed) return { account: text, device: undefined };
  return { account: text.slice(0, at), device: device === DEFAULT_DEVICE ? '' : device };
}

/**
 * @param name an account's, which `@` and a device may follow
 * @param password with the name before it, as bouncers have it (`alice@phone:tea-at-four`), or without
 */
export function identityOf(name: string, password: string | undefined): Identity {
  const own = parts(name);
  const colon = password?.indexOf(':') ?? -1;
  const given = parts(password?.slice(0, Math.max(colon, 0)) ?? '');
  // A password may have a colon itself.
  if (given.account.toLowerCase() !== own.account.toLowerCase()) return { ...own, password };
  return { account: own.account, device: given.device ?? own.device, password: password?.slice(colon + 1) };
}

/**
 * The answers to the questions of the login. With a password it may take over from the session of its device, which a
 * client that lost its connection may have left behind; without one, it comes in as a guest.
 */
export function presetOf({ account: username, device, password }: Identity): Readonly<Record<string, string>> {
  if (password === undefined) return { username, register: 'n', guest: 'y', ...chosen(device) };
  return { username, password, register: 'n', takeover: 'y', ...chosen(device) };
}

/** The answers to the questions of the login with which somebody registers, and is then logged in. */
export function newAccount({ account: username, device, password = '' }: Identity) {
  const secrets = { password, 'new-password': password, 'new-password-again': password };
  return { username, register: 'y', ...secrets, ...chosen(device) };
}

const chosen = (device = ''): Readonly<Record<string, string>> => (device === '' ? {} : { device });
