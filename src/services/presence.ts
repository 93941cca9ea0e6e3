import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** An account that is online. */
export interface PresentAccount extends Account {
  /** Whether it is a bot: it is shown as online, has no session and reads no messages. */
  readonly isBot?: boolean;
}

/** The accounts online: those of this server's sessions, and those that plugins show. */
export interface Presence {
  /** Every account online: those of this server in the order in which they came, those of other servers, the bots. */
  online(): PresentAccount[];
  /** The account online under that name, in any spelling. */
  find(name: string): PresentAccount | undefined;
  /** Shows a bot as online. @returns a function that hides it, unless it was shown again since */
  show(bot: Account): () => void;
  /**
   * Shows an account as online on another server.
   * @param devices the names of its devices there
   * @returns a function that ends that
   */
  showElsewhere?(account: Account, devices: readonly string[]): () => void;
  /** The names of the devices on which an account is online on other servers, each once a server; none if it is not. */
  elsewhere?(account: Pick<Account, 'id'>): readonly string[];
  /** Calls back with each account that comes online or goes offline. @returns a function that stops that */
  watch(changed: (account: Account) => void): () => void;
}

export const Presence = token<Presence>('presence');
