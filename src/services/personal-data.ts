import type { Account } from '../api/account.ts';
import { chain } from './service.ts';

/** What a plugin stores about users, for their exports (`exports`). A plugin provides it that lets users set something. */
export interface PersonalData {
  /** What it is, in lower-case words with hyphens: `notification-levels`. */
  readonly name: string;
  /** What is stored about an account, as JSON that a person can read; undefined if nothing is. */
  of(account: Account): Promise<unknown>;
}

export const PersonalData = chain<PersonalData>('personal-data');
