import type { Account } from '../api/account.ts';
import type { Server } from '../host/server.ts';

const SERVER: Account = { id: 0, name: '*server*' };

/**
 * Sends an entry from `*server*` to those of some accounts that are online, each on all devices. No log keeps it.
 * @param accounts their ids
 * @param kind a kind that a live plugin defines
 * @param data which the kind's schema accepts
 */
export async function notifyOnline(
  server: Server,
  accounts: readonly number[],
  kind: string,
  data: unknown,
): Promise<void> {
  // Also those who are not online here: they may be on another server.
  await Promise.all(
    accounts.map((id) => server.append({ kind, from: SERVER, to: { direct: [id] }, data, kept: false })),
  );
}
