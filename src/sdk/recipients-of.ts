import type { Account } from '../api/account.ts';
import type { Entry } from '../api/entry.ts';
import type { Accounts } from '../services/accounts.ts';

/**
 * The recipients of a change of a message in a direct conversation, for `server.postEntry`: the other members, or the
 * account alone in a conversation with itself.
 * @returns none elsewhere
 */
export async function recipientsOf({ members = [] }: Entry, by: Account, accounts: Accounts): Promise<Account[]> {
  if (members.length === 1) return [by];
  const others = await Promise.all(members.filter((id) => id !== by.id).map((id) => accounts.get(id)));
  return others.flatMap((other) => (other === undefined ? [] : { id: other.id, name: other.name }));
}
