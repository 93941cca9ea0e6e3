import type { Account } from '../kernel/account.ts';
import { token } from './service.ts';

/** Who may do what not everyone may. The `roles` plugin provides it; without it nobody may. */
export interface Roles {
  has(account: Account, role: string): Promise<boolean>;
}

export const Roles = token<Roles>('roles');
