import { glob, nameKey } from 'chatserv';

/**
 * Whether a mask covers a text, as in `*!*@*.example.com`: `*` stands for any characters, `?` for one. Names are compared
 * as accounts are, by `nameKey`.
 */
export function matchesMask(mask: string, text: string): boolean {
  return glob(nameKey(mask))(nameKey(text));
}

/** Completes a mask to `nick!user@host`: `alice` to `alice!*@*`, `*@example.com` to `*!*@example.com`. */
export function fullMask(mask: string): string {
  const bang = mask.indexOf('!');
  const at = mask.indexOf('@', bang + 1);
  const host = at < 0 ? '*' : mask.slice(at + 1) || '*';
  const before = at < 0 ? mask : mask.slice(0, at);
  if (bang >= 0) return `${before.slice(0, bang) || '*'}!${before.slice(bang + 1) || '*'}@${host}`;
  return at < 0 ? `${before || '*'}!*@*` : `*!${before || '*'}@${host}`;
}
