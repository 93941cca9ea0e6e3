import { token } from './service.ts';

/** Requests to the other servers of a chat. The plugin `nats` provides it. */
export interface OtherServers {
  /**
   * Handles requests of other servers.
   * @param act takes JSON that is not to be trusted to have the right form, and returns how many times something was done
   * @returns a function that stops that
   */
  handle(name: string, act: (data: unknown) => number | Promise<number>): () => void;
  /**
   * Asks all other servers.
   * @param data JSON
   * @returns the sum of what they return; it counts nothing for a server that is not reached within a second
   */
  ask(name: string, data: unknown): Promise<number>;
}

export const OtherServers = token<OtherServers>('other-servers');
