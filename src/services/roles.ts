import type { Account } from '../kernel/account.ts';
import { token } from './service.ts';

/** Who may do what not everyone may. The `roles` plugin provides it; without it nobody may. */
export interface Roles {
  has(account: Account, role: string): Promise<boolean>;
}

/** Whether a role may be called so: lower-case letters, digits and hyphens. */
export function isRole(word: string): boolean {
  return /^[a-z][a-z0-9-]*$/.test(word);
}

export const Roles = token<Roles>('roles');
