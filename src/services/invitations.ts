import type { Account } from '../api/account.ts';
import type { Blocked } from '../api/decisions.ts';
import type { Session } from '../api/session.ts';
import { token } from './service.ts';

/** An invitation to make. */
export interface NewInvitation {
  /** Who invites; without it the host does. */
  readonly by?: Account | undefined;
  /** How many accounts it is for. */
  readonly uses: number;
  /** How long it is valid, in seconds. */
  readonly time: number;
  /** The ids of the rooms that its users join. */
  readonly rooms?: readonly number[] | undefined;
  /** The roles that its users get. */
  readonly roles?: readonly string[] | undefined;
}

/** An invitation without its code, which only its maker knows. */
export interface Invitation {
  /** A short word that names it, and does not let anybody in. */
  readonly id: string;
  /** Who invites; undefined for the host. */
  readonly by: Account | undefined;
  readonly uses: number;
  /** How many uses are left. */
  readonly left: number;
  /** When it expires, in milliseconds since 1970. */
  readonly expires: number;
  /** The names of the rooms that its users join, without `#`. */
  readonly rooms: readonly string[];
  /** The roles that its users get. */
  readonly roles: readonly string[];
}

/** An invitation that was just made. */
export interface MadeInvitation extends Invitation {
  /** The code, of which only the hash is stored. */
  readonly code: string;
  /** The address of the page with the code, if the host has set one. */
  readonly link: string | undefined;
}

/** One use of an invitation, taken for a registration. */
export interface InvitationUse {
  readonly id: string;
  /**
   * Gives an account the roles and rooms of the invitation. What cannot be given is logged.
   * @returns the names of the rooms that it joined
   */
  grant(account: Account): Promise<readonly string[]>;
  /** Gives the use back: the registration failed. */
  giveBack(): Promise<void>;
}

/** Invitations of new users. The plugin `invitations` provides it. */
export interface Invitations {
  create(invitation: NewInvitation): Promise<MadeInvitation>;
  /**
   * Looks up a code that a client typed, without using it.
   * @param client whose network wrong codes are counted for
   * @returns the invitation; `wrong` for a code that is unknown, used up, expired or revoked; or, after too many wrong ones,
   * how long no code is looked up
   */
  check(code: string, client: Pick<Session, 'network' | 'exempt'>): Promise<Invitation | 'wrong' | Blocked>;
  /** Takes one use. @returns undefined if none is left */
  use(code: string): Promise<InvitationUse | undefined>;
}

export const Invitations = token<Invitations>('invitations');
