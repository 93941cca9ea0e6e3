import type { Accounts, StoredAccount } from '../services/accounts.ts';
import { isBot } from './bots.ts';

/** In place of the password's hash, which no password matches. */
const TEMPORARY = '*guest*';

/**
 * Creates an account that lasts as long as a guest's session. Nobody can log in to it with a password. Whoever creates it
 * removes it.
 * @returns undefined when the name is taken, or looks like one that is
 */
export function createTemporary(accounts: Accounts, name: string): Promise<StoredAccount | undefined> {
  return accounts.create(name, TEMPORARY, true);
}

/** Whether an account is a guest's, and ends with the guest's session. */
export function isTemporary({ hash }: Pick<StoredAccount, 'hash'>): boolean {
  return hash === TEMPORARY;
}

/** Why an account has no password and cannot be given one, as a sentence; undefined for that of a user. */
export function passwordObjection(account: Pick<StoredAccount, 'name' | 'hash'>): string | undefined {
  if (isBot(account)) return `${account.name} is a bot: bots have no password.`;
  return isTemporary(account) ? `${account.name} is a guest: guests have no password.` : undefined;
}
