import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** The roles of accounts. The `roles` plugin provides it; without it no account has a role. */
export interface Roles {
  has(account: Account, role: string): Promise<boolean>;
}

/** Whether a word is a valid role: lower-case letters, digits and hyphens, beginning with a letter. */
export function isRole(word: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(word);
}

export const Roles = token<Roles>('roles');
