import type { Account } from '../api/account.ts';
import type { Accounts } from '../services/accounts.ts';
import type { Rooms } from '../services/rooms.ts';

/** What the removal of an account uses. */
export interface RemovalContext {
  readonly accounts: Accounts;
  readonly rooms?: Rooms | undefined;
}

/**
 * Removes an account, which ends its sessions: it leaves its rooms, so that their members are told, and those that it owns
 * and is alone in are deleted. Its messages stay in the log. Can be repeated after a failure.
 */
export async function removeAccount({ accounts, rooms }: RemovalContext, account: Account): Promise<void> {
  await rooms?.leaveAll(account);
  await accounts.remove(account.id);
}
