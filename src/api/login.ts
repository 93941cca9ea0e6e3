import type { UsernameCause } from './decisions.ts';

/** What a login needs next. */
export type LoginStep =
  /**
   * A user name. `because`: why it is asked for, `start` at first; `reason`: what is wrong with the last one, in a
   * word.
   */
  | { readonly kind: 'username'; readonly because: UsernameCause | 'start'; readonly reason?: string }
  /** The password of the named user. `because`: `wrong` after a wrong one. */
  | { readonly kind: 'password'; readonly because: '' | 'wrong' }
  /** Nothing: the session is logged in, or closed. */
  | { readonly kind: 'over' };

/**
 * The login of one session. The hooks run in the same order for a dialogue and for a client that sent everything at
 * once.
 */
export interface Login {
  /** Takes a user name. @throws when the session ends, or its client restarts its login */
  identify(name: string): Promise<LoginStep>;
  /** Takes the password of the named user. @throws when the session ends, or its client restarts its login */
  verify(secret: string): Promise<LoginStep>;
}
