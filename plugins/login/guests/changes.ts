import {
  type Account,
  type Accounts,
  type Refusal,
  refuse,
  type Session,
  type SessionClaims,
  skeletons,
} from 'chatserv';
import { type GuestAccounts, withoutMark } from './guest-accounts.ts';
import type { Guest, PresentGuests } from './present.ts';

interface ChangesContext {
  readonly guests: PresentGuests;
  readonly stored: GuestAccounts | undefined;
  readonly accounts: Accounts;
  readonly claims: SessionClaims | undefined;
  /** A name with the mark of guests, if they have one. */
  fullNameOf(name: string): string;
  /** Claims a guest's name on all servers. @returns whether it is free @throws when that cannot be decided now */
  claimName(guest: Guest): Promise<boolean>;
  /** Gives up what a guest has. */
  release(guest: Guest): Promise<void>;
}

/** Gives guests another name, and makes them users. */
export function guestChanges({ guests, stored, accounts, claims, fullNameOf, claimName, release }: ChangesContext) {
  async function rename(session: Session, name: string): Promise<Account | Refusal | undefined> {
    const guest = guests.of(session);
    const account = guest?.account;
    if (guest === undefined || account === undefined || stored === undefined || !guest.isStored) {
      return refuse('guest', 'Guests keep their names on this server.');
    }
    const full = fullNameOf(name);
    await stored.free(full);
    const lookalike = await accounts.lookalike(name);
    if (guests.lookalike(name, guest) || (lookalike !== undefined && lookalike.id !== account.id)) return undefined;
    // Both names are the guest's until one of them is given up.
    const { claimed, looks } = guest;
    Object.assign(guest, { claimed: [], looks: new Set(skeletons(name)) });
    let renamed: Account | undefined;
    try {
      const isMine = await claimName(guest);
      if (isMine)
        renamed = await stored.rename(account, full, (now) => {
          Object.assign(guest, { name: now.name, account: now });
        });
      return renamed;
    } finally {
      const given = renamed === undefined ? guest.claimed : claimed;
      if (renamed === undefined) Object.assign(guest, { claimed, looks });
      for (const claim of given) claims?.release(claim);
      // It may have left meanwhile.
      if (guests.of(session) !== guest) await release(guest);
    }
  }

  /** Makes the account of a guest that of a user, who keeps its rooms and, without the mark, its name. */
  async function keep(session: Session, hash: string): Promise<Account | Refusal | undefined> {
    const guest = guests.of(session);
    const account = guest?.account;
    if (guest === undefined || account === undefined || !guest.isStored) {
      return refuse('guest', 'Guests have no account here that they could keep: log in anew to register.');
    }
    const name = withoutMark(account.name);
    const renamed = name === account.name ? account : await accounts.rename(account.id, name, true);
    if (renamed === undefined) return undefined;
    await accounts.setHash(account.id, hash, { by: session });
    // From here on it is a user's, even if its note is deleted only by a later start.
    guests.delete(session);
    await stored?.keep(account);
    for (const claim of guest.claimed.splice(0)) claims?.release(claim);
    return { id: renamed.id, name: renamed.name };
  }

  return { rename, keep };
}
