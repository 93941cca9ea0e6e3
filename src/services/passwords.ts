import { token } from './service.ts';

/** How secrets become hashes and are held against them. The `password` plugin provides it. */
export interface Passwords {
  /**
   * @param who whose turn it counts as: work is shared out fairly between different values (an IP address, say)
   * @returns undefined when too much is waiting: whoever asked is to try again later, `closing:busy`
   */
  hash(secret: string, who: string): Promise<string | undefined>;
  /**
   * Whether the secret is the hash's. `renewed` is for the caller to store: the hash was made otherwise than today's.
   * @param hash undefined for nobody's, which takes the same work and is never right
   * @returns undefined when too much is waiting, as of `hash`
   */
  verify(
    secret: string,
    hash: string | undefined,
    who: string,
  ): Promise<{ readonly right: boolean; readonly renewed?: string } | undefined>;
  /** Why a secret may not become the password of this name, as one word for `password:<reason>`; undefined when it may. */
  objection(name: string, secret: string): Promise<string | undefined>;
}

export const Passwords = token<Passwords>('passwords');
