import { token } from './service.ts';

/** Hashes and verifies passwords. The `password` plugin provides it. */
export interface Passwords {
  /**
   * @param who the client to charge, such as its IP address: work is scheduled fairly between clients
   * @returns undefined when the queue is full: the client is to try again later, `closing:busy`
   */
  hash(secret: string, who: string): Promise<string | undefined>;
  /**
   * Whether the secret matches the hash. Store `renewed` in its place, if set: the hash has outdated parameters.
   * @param hash undefined for an unknown user, which takes the same work and is never right
   * @returns undefined when the queue is full, as `hash` does
   */
  verify(
    secret: string,
    hash: string | undefined,
    who: string,
  ): Promise<{ readonly right: boolean; readonly renewed?: string } | undefined>;
  /**
   * Why a secret is refused as the password of this name, as one word for `password:<reason>`; undefined if it is fine.
   */
  objection(name: string, secret: string): Promise<string | undefined>;
}

export const Passwords = token<Passwords>('passwords');
