import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/** What a session holds exclusively: a device of an account or, without one, the whole account; or the name of a guest. */
export type SessionClaim =
  | { readonly account: Pick<Account, 'id'>; readonly device?: string | undefined }
  | { readonly guest: string };

/**
 * Sessions that exclude each other, on all servers of a chat. Of servers that claim the same at once, one gets it. A claim
 * of a server that is gone lapses.
 */
export interface SessionClaims {
  /**
   * Claims something for a session of this server; several of its sessions may hold the same claim.
   * @param login identifies the login of the session (`SessionLogin.device`): another one continues it, and may have its claim
   * @param takesOver whether to take it from another server, which closes its sessions
   * @returns whether this server has it now
   * @throws when that cannot be decided now
   */
  claim(claim: SessionClaim, login: string, takesOver: boolean): Promise<boolean>;
  /** Gives up what a call of `claim` got, once for each call. */
  release(claim: SessionClaim): void;
  /** Calls back when another server has taken a claim. @returns a function that stops that */
  watch(lost: (claim: SessionClaim) => void): () => void;
}

export const SessionClaims = token<SessionClaims>('session-claims');
