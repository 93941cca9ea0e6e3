import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** What another server returned, or the message of the error that it threw. */
export type OtherAnswer = {
  /** Names the server for people: its host and process id. */
  readonly server: string;
} & ({ readonly result: unknown } | { readonly error: string });

/** What the servers of a chat tell and ask each other while they run. The plugin `nats` provides it. */
export interface OtherServers {
  /**
   * Handles what other servers tell and ask.
   * @param name words of letters, digits and hyphens, separated by dots; the name of your plugin first
   * @param act takes JSON that is not to be trusted to have the right form, and returns JSON for a server that asked
   * @returns a function that stops that
   */
  handle(name: string, act: (data: unknown) => unknown): () => void;
  /**
   * Tells other servers something, once. It is lost to those that cannot be reached now.
   * @param data JSON
   * @param account tells only the servers on which this account is online
   */
  tell(name: string, data: unknown, account?: Pick<Account, 'id'>): void;
  /**
   * Asks all other servers.
   * @param data JSON
   * @param time how long to wait for those that take long, in milliseconds; 1000 by default
   * @returns the answers of those that can be reached; one that takes longer counts as failed
   */
  ask(name: string, data: unknown, time?: number): Promise<readonly OtherAnswer[]>;
  /**
   * Calls back when this server can reach the others again: it may have missed what they told meanwhile.
   * @returns a function that stops that
   */
  watch(returned: () => void): () => void;
}

export const OtherServers = token<OtherServers>('other-servers');
