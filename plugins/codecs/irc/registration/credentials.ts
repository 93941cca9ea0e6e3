import { DEFAULT_DEVICE, deviceNameOf } from 'chatserv';

/** Splits `alice@phone` into the account's name and that of the device. An `@` of the name itself stays in it. */
function parts(text: string): { readonly name: string; readonly device: string | undefined } {
  const at = text.lastIndexOf('@');
  if (at <= 0) return { name: text, device: undefined };
  const device = text.slice(at + 1);
  return deviceNameOf(device) === undefined && device !== DEFAULT_DEVICE
    ? { name: text, device: undefined }
    : { name: text.slice(0, at), device: device === DEFAULT_DEVICE ? undefined : device };
}

/**
 * The answers to the questions of the login. With a password it may take over from the session of its device, which a
 * client that lost its connection may have left behind; without one, it comes in as a guest.
 * @param name an account's, which `@` and a device may follow
 * @param password with the name before it, as bouncers have it (`alice@phone:tea-at-four`), or without
 */
export function presetOf(name: string, password: string | undefined): Readonly<Record<string, string>> {
  const { account, device, secret } = identity(name, password);
  const chosen: Record<string, string> = device === undefined ? {} : { device };
  if (secret === undefined) return { username: account, register: 'n', guest: 'y', ...chosen };
  return { username: account, password: secret, register: 'n', takeover: 'y', ...chosen };
}

/** The answers to the questions of the login with which somebody registers, and is then logged in. */
export function newAccount(nick: string, password: string) {
  const { name: username, device } = parts(nick);
  const secrets = { password, 'new-password': password, 'new-password-again': password };
  return { username, register: 'y', ...secrets, ...(device !== undefined && { device }) };
}

function identity(name: string, password: string | undefined) {
  const own = parts(name);
  const colon = password?.indexOf(':') ?? -1;
  const given = parts(password?.slice(0, Math.max(colon, 0)) ?? '');
  // A password may have a colon itself.
  if (given.name.toLowerCase() !== own.name.toLowerCase()) {
    return { account: own.name, device: own.device, secret: password };
  }
  return { account: own.name, device: given.device ?? own.device, secret: password?.slice(colon + 1) };
}
