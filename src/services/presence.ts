import type { Account } from '../kernel/account.ts';
import { token } from './service.ts';

/** Somebody who is online. */
export interface PresentAccount extends Account {
  /** Whether it is a program's, which has no session: it is shown as online, and reads no messages. */
  readonly isBot?: boolean;
}

/** Who is online. The host provides it for its own sessions, unless a plugin provides it for several machines. */
export interface Presence {
  /** Everyone who is online, each once, in the order in which they came; then the bots. */
  online(): PresentAccount[];
  /** The account of that name, however it is spelt, if it is online. */
  find(name: string): PresentAccount | undefined;
  /** Shows a bot as online. @returns hides it again, unless it was shown again meanwhile */
  show(bot: Account): () => void;
  /** Calls back with each account that comes or leaves. @returns stops that */
  watch(changed: (account: Account) => void): () => void;
}

export const Presence = token<Presence>('presence');
