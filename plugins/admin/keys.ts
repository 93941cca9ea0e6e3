import { type Account, nameKey } from 'chatserv';

/** What stands for an account where blocks have a user's name. No name has a `#`. */
export function accountKey({ id }: Account): string {
  return `#${id}`;
}

/** What stood for it before, when the next account of its name inherited what was kept. Still read and removed. */
export function oldKey({ name }: Account): string {
  return nameKey(name);
}
