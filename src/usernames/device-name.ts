import { nameKey } from '../api/names.ts';

/** The word for an account's default device, of clients that name none. No device can have it as its name. */
export const DEFAULT_DEVICE = 'default';

/** The words with which commands name something else. */
const RESERVED: ReadonlySet<string> = new Set([DEFAULT_DEVICE, 'everywhere']);

/** What a device's name looks like: 1 to 64 letters and digits of any language, `.`, `_` and `-`. */
export const DEVICE_NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,63}$/u;

/**
 * A device's name in the form in which devices are compared, kept and listed: folded like a user name, so that `Phone`
 * and `phone` are one device.
 * @returns undefined if no device can have that name
 */
export function deviceNameOf(text: string): string | undefined {
  const name = nameKey(text);
  return DEVICE_NAME.test(name) && !RESERVED.has(name) ? name : undefined;
}
