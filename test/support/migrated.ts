/** Opens databases of earlier versions, which migrates them, and compares what they hold. */
import { expect } from 'vitest';
import type { MigrationProgress } from '../../plugins/stores/sqlite/serve.ts';
import { openStore, type Store } from '../../plugins/stores/sqlite/store.ts';
import { inboxesIn } from './old-database.ts';

export const END = Number.MAX_SAFE_INTEGER;

/** The numbers from 1 to `count`. */
export const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);

export async function openMigrated(file: string, migrating?: (progress: MigrationProgress) => void): Promise<Store> {
  return openStore({ file, busyTimeout: 5000, owned: true, now: Date.now, ...(migrating && { migrating }) });
}

/** Compares what accounts have to read with what they had in the file before its migration. */
export async function expectSameInboxes({ messageLog }: Store, old: string, ids: Iterable<number>): Promise<void> {
  let waiting = 0;
  for (const [account, inbox] of inboxesIn(old, ids)) {
    const [device] = await messageLog.devices(account);
    const entries = await messageLog.read(account, device?.id ?? 0, END, END);
    const addressed = entries.filter(({ sender, toSender }) => sender !== account || toSender);
    const found = addressed.map(({ sender, from, body, time }) => [sender, from, body, time]);
    // Compared as text: the arrays are long.
    expect(JSON.stringify(found)).toBe(JSON.stringify(inbox.waiting));
    expect(addressed.filter(({ id }) => id <= (device?.handed ?? 0))).toHaveLength(inbox.handed);
    waiting += inbox.waiting.length;
  }
  expect(waiting).toBeGreaterThan(1000);
}
