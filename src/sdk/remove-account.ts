import type { Account } from '../api/account.ts';
import type { Accounts } from '../services/accounts.ts';
import type { MessageLog } from '../services/message-log.ts';
import type { Rooms } from '../services/rooms.ts';

/** What the removal of an account uses. */
export interface RemovalContext {
  readonly accounts: Accounts;
  readonly messageLog?: MessageLog | undefined;
  readonly rooms?: Rooms | undefined;
}

/**
 * Removes an account, which ends its sessions: it leaves its rooms, so that their members are told, and those that it owns
 * and is alone in are deleted. Its messages stay in the log. Can be repeated after a failure.
 */
export async function removeAccount({ accounts, messageLog, rooms }: RemovalContext, account: Account): Promise<void> {
  const joined = (await messageLog?.roomsOf(account.id, 'room')) ?? [];
  const owned = new Set((await rooms?.lastOwned(account))?.map(({ id }) => id));
  // In parallel, so that the store writes them together.
  await Promise.all(
    joined.map(({ id, size }) =>
      size === 1 && owned.has(id) ? rooms?.remove(id, account) : rooms?.leave(id, account),
    ),
  );
  await accounts.remove(account.id);
}
