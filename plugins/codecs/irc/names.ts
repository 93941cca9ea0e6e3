import type { Account } from 'chatserv';

/** What separates the parts of a source, and what stands before a name in a list: a name with one would pass for another. */
const MISLEADING = /[!@]|^[~&%+$=:]/g;

/** How far a full-width form is from its character. */
const WIDTH = 0xfee0;

/**
 * The nick of an account: its name, with full-width forms where IRC gives a character another meaning. `nameKey` takes
 * both for the same, so that commands find the account by its nick.
 */
export function nickOf({ name }: Pick<Account, 'name'>): string {
  return name.replace(MISLEADING, (char) => String.fromCharCode(char.charCodeAt(0) + WIDTH));
}

/** Whether a target of a command is a channel, whether or not it exists. */
export function isChannel(target: string): boolean {
  return target.startsWith('#') || target.startsWith('&');
}

/** Whether clients take two names for the same: they know no case but that of ASCII (`CASEMAPPING`). */
export function isSameName(one: string, other: string): boolean {
  const lower = (name: string) => name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase());
  return lower(one) === lower(other);
}

/** The elements of a list in a parameter. */
export function elements(text = ''): string[] {
  return text.split(',').filter((name) => name !== '');
}
