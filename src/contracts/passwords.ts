import { token } from './service.ts';

/** How secrets become hashes and are held against them. The `password` plugin provides it. */
export interface Passwords {
  /**
   * @param who whose turn it counts as: work is shared out fairly between different values (an IP address, say)
   * @throws when more is waiting than the plugin's options allow
   */
  hash(secret: string, who: string): Promise<string>;
  /**
   * Whether the secret is the hash's. `stale` asks the caller to store a new hash: the old one was made otherwise than today's.
   * @param hash undefined for nobody's, which takes the same work and is never right
   */
  verify(secret: string, hash: string | undefined, who: string): Promise<{ right: boolean; stale: boolean }>;
  /** Why a secret may not become the password of this name, as one word for `password:<reason>`; undefined when it may. */
  objection(name: string, secret: string): Promise<string | undefined>;
}

export const Passwords = token<Passwords>('passwords');
