import { nameKey } from 'chatserv';

/**
 * Whether a mask covers a text, as in `*!*@*.example.com`: `*` stands for any characters, `?` for one. Names are compared
 * as accounts are, by `nameKey`. Takes time in proportion to the product of both lengths at most.
 */
export function matchesMask(mask: string, text: string): boolean {
  const [pattern, chars] = [[...nameKey(mask)], [...nameKey(text)]];
  let [at, next] = [0, 0];
  /** The last star, and where the characters begin that it does not cover yet. */
  let star: { readonly at: number; covered: number } | undefined;
  while (next < chars.length) {
    if (pattern[at] === '*') {
      star = { at, covered: next };
      at += 1;
    } else if (pattern[at] === '?' || (at < pattern.length && pattern[at] === chars[next])) {
      at += 1;
      next += 1;
    } else if (star !== undefined) {
      star.covered += 1;
      at = star.at + 1;
      next = star.covered;
    } else {
      return false;
    }
  }
  return pattern.slice(at).every((char) => char === '*');
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
