import { type Account, type Accounts, isGuest, type Presence, type Refusal, refuse } from 'chatserv';
import { networkIn } from './networks.ts';

/** What a ban applies to. */
export type Target =
  | { readonly kind: 'user'; readonly account: Account }
  | { readonly kind: 'address'; readonly network: string };

/** A target that names its kind. User names contain no colon. */
const KIND = /^(user|address):(.+)$/;

/**
 * Resolves a word to a user, an IP address or a network. `user:` or `address:` in front selects the kind, which is
 * required where a user has the name of an address.
 * @returns a refusal if it matches neither, or both
 */
export async function targetOf(word: string, accounts: Accounts): Promise<Target | Refusal> {
  const [, kind, name = word] = KIND.exec(word) ?? [];
  const account = kind === 'address' ? undefined : await accounts.find(name);
  const network = kind === 'user' ? undefined : networkIn(name);
  if (account !== undefined && network !== undefined) {
    return refuse('user-or-address', `A user has the name of that address: write user:${name} or address:${name}.`);
  }
  if (account !== undefined) return { kind: 'user', account };
  return network === undefined ? noUser(name) : { kind: 'address', network };
}

/** A user by name, or a guest who is online. */
export async function userOf(name: string, accounts: Accounts, presence: Presence): Promise<Account | undefined> {
  const online = presence.find(name);
  return online !== undefined && isGuest(online) ? online : accounts.find(name);
}

/** The refusal of a name that no user has. */
export function noUser(name: string): Refusal {
  return refuse('user', `There is no user '${name}'.`);
}

/** A target as written to the audit log. */
export function textOf(target: Target): string {
  return target.kind === 'user' ? `user:${target.account.name}` : `address:${target.network}`;
}
