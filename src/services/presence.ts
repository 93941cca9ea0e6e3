import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** An account that is online. */
export interface PresentAccount extends Account {
  /** Whether it is a bot: it is shown as online, has no session and reads no messages. */
  readonly isBot?: boolean;
}

/** The accounts online. The host provides it for its own sessions, unless a plugin provides it for several machines. */
export interface Presence {
  /** Every account online, in the order in which they came, then the bots. */
  online(): PresentAccount[];
  /** The account online under that name, in any spelling. */
  find(name: string): PresentAccount | undefined;
  /** Shows a bot as online. @returns a function that hides it, unless it was shown again since */
  show(bot: Account): () => void;
  /** Calls back with each account that comes online or goes offline. @returns a function that stops that */
  watch(changed: (account: Account) => void): () => void;
}

export const Presence = token<Presence>('presence');
