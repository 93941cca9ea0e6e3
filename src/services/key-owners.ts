import { token } from './service.ts';

/**
 * Has one of a chat's servers decide about each key, so that what must be exact is counted at one place. All servers find
 * the same owner for a key while they know the same servers; when one joins or leaves, some keys get a new owner, which
 * knows nothing of them. The plugin `nats` provides it.
 */
export interface KeyOwners {
  /**
   * Handles what is asked about the keys of this server.
   * @param name words of letters, digits and hyphens, separated by dots; the name of your plugin first
   * @param act takes JSON that is not to be trusted to have the right form, and returns JSON
   * @returns a function that stops that
   */
  handle(name: string, act: (data: unknown) => unknown): () => void;
  /**
   * Asks the owner of a key. This server answers for an owner that cannot be reached.
   * @param data JSON
   * @param time how long another server may take, in milliseconds; 2000 by default
   * @throws when the handler throws
   */
  ask(name: string, key: string, data: unknown, time?: number): Promise<unknown>;
}

export const KeyOwners = token<KeyOwners>('key-owners');
