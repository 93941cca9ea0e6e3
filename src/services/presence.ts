import type { Account } from '../kernel/account.ts';
import { token } from './service.ts';

/** Who is online. The kernel provides it for its own sessions, unless a plugin provides it for several machines. */
export interface Presence {
  /** Everyone who is online, each once, in the order in which they came. */
  online(): Account[];
  /** The account of that name, however it is spelt, if it is online. */
  find(name: string): Account | undefined;
}

export const Presence = token<Presence>('presence');
