import type { DatabaseSync } from 'node:sqlite';
import { ALL, type Waiting } from './forget.ts';
import { prepare } from './rows.ts';
import type { Slice } from './slice.ts';

/** How many members to look up at a time. */
const PAGE = 100;

interface MemberRow {
  readonly account: number;
  readonly since: number;
  readonly until: number | null;
}

/** A scan of a named room's members, over several slices. */
interface Scan {
  readonly room: number;
  at: readonly [account: number, since: number];
  waiting: Waiting[];
}

/** Two placeholder accounts that have read nothing, so that no entry is removed. */
const NOTHING_READ: readonly Waiting[] = [1, 2].map((account) => ({ account, from: 0, until: ALL }));

/** Prepares the queries for the accounts with unread entries in a room. */
export function prepareWaiting(db: DatabaseSync) {
  const slowest = prepare<{ id: number | null }>(db, 'SELECT min(id) AS id FROM cursor WHERE account = ?');
  const furthestBehind = prepare<{ account: number; id: number }>(
    db,
    'SELECT account, id FROM cursor WHERE id >= ? ORDER BY id LIMIT 1',
  );
  const behindBeside = prepare<{ account: number; id: number }>(
    db,
    'SELECT account, id FROM cursor WHERE id >= 0 AND account <> ? ORDER BY id LIMIT 1',
  );
  const members = prepare<MemberRow>(
    db,
    `SELECT account, since, until FROM member
     WHERE room = ? AND role IS NOT NULL AND (account, since) > (?, ?) ORDER BY account, since LIMIT ${PAGE}`,
  );
  const member = prepare<MemberRow>(
    db,
    'SELECT account, since, until FROM member WHERE account = ? AND room = ? AND until IS NULL',
  );
  /** By named room: two accounts that had not read its first entry at the last look. */
  const witnesses = new Map<number, readonly number[]>();
  let scan: Scan | undefined;
  /** Up to which id accounts had read everything at the last look: cursors only move forward. */
  const known = new Map<number, number>();

  /** The id up to which all devices of an account have read everything. */
  function hasUpTo(account: number): number {
    const before = known.get(account);
    if (before !== undefined) return before;
    const id = slowest.get(account)?.id ?? undefined;
    if (id !== undefined) known.set(account, id);
    return id ?? ALL;
  }

  function waitingOf({ account, since, until }: MemberRow): Waiting | undefined {
    const from = Math.max(since, hasUpTo(account));
    const end = until ?? ALL;
    return from < end - 1 ? { account, from, until: end } : undefined;
  }

  return {
    /** Clears the cached cursors. */
    lookAnew: (): void => known.clear(),

    /** The two accounts that are furthest behind. */
    waitingForEveryone(): Waiting[] {
      const first = furthestBehind.get(0);
      if (first === undefined) return [];
      const second = behindBeside.get(first.account);
      return [first, second].flatMap((one) => (one ? [{ account: one.account, from: one.id, until: ALL }] : []));
    },

    /** The members of a conversation, with their cursors. */
    waitingForConversation: (members: readonly number[]): Waiting[] =>
      members.map((account) => ({ account, from: hasUpTo(account), until: ALL })),

    /**
     * The accounts with unread entries in a named room. While two members are known not to have read its first entry, no
     * others are looked up.
     * @param first the room's first entry
     * @returns undefined if the slice ended before all members were looked up
     */
    waitingForRoom(room: number, first: number, slice: Slice): readonly Waiting[] | undefined {
      // At most one of two is the sender, so no entry of the room can be removed.
      const behind = (witnesses.get(room) ?? []).filter((account) => {
        const row = member.get(account, room);
        return row !== undefined && (waitingOf(row)?.from ?? ALL) < first;
      });
      if (behind.length === 2) return NOTHING_READ;
      if (scan?.room !== room) scan = { room, at: [0, -1], waiting: [] };
      for (;;) {
        const page = members.all(room, ...scan.at);
        for (const row of page) {
          if (slice.isOver) return undefined;
          slice.visit();
          scan.at = [row.account, row.since];
          const one = waitingOf(row);
          if (one !== undefined) scan.waiting = furthest([...scan.waiting, one]);
        }
        if (page.length < PAGE) break;
      }
      const { waiting } = scan;
      scan = undefined;
      const accounts = waiting.filter(({ until }) => until === ALL).map(({ account }) => account);
      if (accounts.length < 2) witnesses.delete(room);
      else witnesses.set(room, accounts);
      return waiting;
    },
  };
}

/** Keeps the two members furthest behind, and all accounts that have left. */
function furthest(waiting: readonly Waiting[]): Waiting[] {
  const toTheEnd = waiting.filter(({ until }) => until === ALL).sort((a, b) => a.from - b.from);
  return [...toTheEnd.slice(0, 2), ...waiting.filter(({ until }) => until !== ALL)];
}
