import { type Account, type Accounts, type Refusal, refuse } from 'chatserv';
import { networkIn } from './networks.ts';

/** Whom a ban is for. */
export type Target =
  | { readonly kind: 'user'; readonly account: Account }
  | { readonly kind: 'address'; readonly network: string };

/** What says of a word which of both it means. No user name has a colon. */
const KIND = /^(user|address):(.+)$/;

/**
 * Whom a word means: a user, an IP address or a network. Where a user has the name of an address, `user:` or `address:`
 * before it says which.
 * @returns a refusal where it means nobody, or may mean both
 */
export async function targetOf(word: string, accounts: Accounts): Promise<Target | Refusal> {
  const [, kind, name = word] = KIND.exec(word) ?? [];
  const account = kind === 'address' ? undefined : await accounts.find(name);
  const network = kind === 'user' ? undefined : networkIn(name);
  if (account !== undefined && network !== undefined) return refuse('user-or-address');
  if (account !== undefined) return { kind: 'user', account };
  return network === undefined ? refuse('user') : { kind: 'address', network };
}

/** A target as the audit log has it. */
export function textOf(target: Target): string {
  return target.kind === 'user' ? `user:${target.account.name}` : `address:${target.network}`;
}
