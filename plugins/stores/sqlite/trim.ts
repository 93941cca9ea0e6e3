import type { DatabaseSync } from 'node:sqlite';
import type { Retention } from 'chatserv';
import { unpack } from './crowd.ts';
import type { Forgetting } from './forget.ts';
import { atMost, prepare } from './rows.ts';
import { Slice } from './slice.ts';

/** How many rows are looked up at once. */
const PAGE = 100;

/** Stands for an account that has everything, because it is gone. */
const ALL = Number.MAX_SAFE_INTEGER;

/** Where a round of trimming has come to: its stage, and a place in that. */
export type TrimPosition = readonly [stage: number, at: number];

/** Goes on with a stage at a place. @returns where it has come to, or undefined when the stage is done */
type Stage = (at: number, retention: Retention, slice: Slice) => number | undefined;

/**
 * Prepares the trimming of the log. A round goes through the stages below. None looks at each message for each account:
 * they follow the indexes of what may be gone, so a round costs what there is to forget and one look at each account
 * for which something waits by name.
 */
export function prepareTrim(db: DatabaseSync, { forget, forgetNamed }: Forgetting) {
  const size = prepare<{ messages: number }>(db, 'SELECT messages FROM log_size WHERE id = 1');
  const end = prepare<{ id: number }>(db, "SELECT seq AS id FROM sqlite_sequence WHERE name = 'messages'");
  const oldest = prepare<{ id: number; time: number }>(
    db,
    'SELECT id, time FROM messages WHERE id > ? ORDER BY id LIMIT ?',
  );
  const wide = prepare<{ id: number; sender: number; everyone: number }>(
    db,
    `SELECT id, sender, crowd IS NULL AS everyone FROM messages
     WHERE wide = 1 AND id > ? AND id <= ? ORDER BY id LIMIT ?`,
  );
  const furthestBehind = prepare<{ id: number; cursor: number }>(
    db,
    'SELECT id, cursor FROM accounts WHERE cursor >= 0 ORDER BY cursor LIMIT 2',
  );
  const cursor = prepare<{ cursor: number }>(db, 'SELECT cursor FROM accounts WHERE id = ?');
  const nextNamed = prepare<{ account: number }>(
    db,
    'SELECT account FROM named WHERE account > ? ORDER BY account LIMIT 1',
  );
  const nextInCrowds = prepare<{ account: number }>(
    db,
    'SELECT account FROM crowds WHERE account > ? ORDER BY account LIMIT 1',
  );
  const crowds = prepare<{ message: number }>(
    db,
    'SELECT message FROM crowds WHERE account = ? AND message <= ? ORDER BY message LIMIT ?',
  );
  const crowdOf = prepare<{ crowd: Uint8Array }>(db, 'SELECT crowd FROM messages WHERE id = ?');
  const moveOn = db.prepare('UPDATE crowds SET account = ? WHERE message = ?');
  const oldKeys = prepare<{ id: number }>(db, 'SELECT id FROM sent WHERE time < ? ORDER BY time LIMIT ?');
  const firstKeys = prepare<{ id: number }>(db, 'SELECT id FROM sent WHERE id <= ? ORDER BY id LIMIT ?');
  const removeKey = db.prepare('DELETE FROM sent WHERE id = ?');

  const cursorOf = (account: number): number => cursor.get(account)?.cursor ?? ALL;

  /** Cursors as they were when they were last looked up: they only move forward. */
  const known = new Map<number, number>();

  /** Does something with all rows that a query finds, a page at a time. @returns whether it came to the end */
  function each<Row>(slice: Slice, rows: () => readonly Row[], act: (row: Row) => void): boolean {
    for (;;) {
      const page = rows();
      for (const row of page) {
        if (slice.isOver) return false;
        slice.visit();
        act(row);
      }
      if (page.length < PAGE) return true;
    }
  }

  /** The oldest of more messages than are kept. */
  const tooMany: Stage = (at, { most }, slice) => {
    let over = (size.get()?.messages ?? 0) - atMost(most);
    const done = each(
      slice,
      () => oldest.all(0, Math.min(PAGE, Math.max(0, over))),
      ({ id }) => {
        forget(id, slice);
        over--;
      },
    );
    return done ? undefined : at;
  };

  /** Those said before the time that the retention names. A message is no older than one that stands before it. */
  const tooOld: Stage = (at, { before, now = ALL }, slice) => {
    let place = at;
    // What was said in the future says nothing about those behind it.
    const isYoung = (time = now) => time >= before && time <= now;
    let reached = isYoung(oldest.get(place, 1)?.time);
    const done = each(
      slice,
      () => (reached ? [] : oldest.all(place, PAGE)),
      ({ id, time }) => {
        reached ||= isYoung(time);
        if (reached) return;
        place = id;
        if (time < before) forget(id, slice);
      },
    );
    return done ? undefined : place;
  };

  /** Those to everyone that everyone has, or everyone but their sender, who does not wait for them. */
  const hadByAll: Stage = (at, _retention, slice) => {
    const [first, second] = furthestBehind.all();
    const all = first?.cursor ?? ALL;
    const done = each(
      slice,
      () => wide.all(0, all, PAGE),
      ({ id }) => forget(id, slice),
    );
    if (!done) return at;
    let place = Math.max(at, all);
    const allButOne = each(
      slice,
      () => wide.all(place, second?.cursor ?? ALL, PAGE),
      ({ id, sender, everyone }) => {
        place = id;
        if (everyone && sender === first?.id) forget(id, slice);
      },
    );
    return allButOne ? undefined : place;
  };

  /** Those that name accounts, where all of them have it: account by account that something waits for. */
  const hadByNamed: Stage = (at, _retention, slice) => {
    for (let last = at; ; slice.visit()) {
      if (slice.isOver) return last;
      const account = nextNamed.get(last)?.account;
      if (account === undefined) return undefined;
      if (forgetNamed(account, cursorOf(account), slice)) return last;
      last = account;
    }
  };

  /**
   * Those to a crowd. Each is listed in `crowds` under one of its accounts, those before which have it. When that one
   * has it too, it is listed under the next that has not, so that each account of a crowd is looked at once.
   */
  const hadByCrowd: Stage = (at, _retention, slice) => {
    // Account 0 is nobody: what is listed under it was not looked at yet.
    if (at === -1) known.clear();
    for (let last = at; ; slice.visit()) {
      if (slice.isOver) return last;
      const account = nextInCrowds.get(last)?.account;
      if (account === undefined) return undefined;
      const page = crowds.all(account, cursorOf(account), PAGE);
      for (const { message } of page) {
        if (slice.isOver) return last;
        slice.visit();
        lookOn(message, account, slice);
      }
      if (page.length < PAGE) last = account;
    }
  };

  function lookOn(message: number, account: number, slice: Slice): void {
    for (const id of unpack(crowdOf.get(message)?.crowd ?? new Uint8Array())) {
      if (id <= account || (known.get(id) ?? 0) >= message) continue;
      // Where the turn ends here, the next one looks this account up.
      const place = slice.isOver ? 0 : cursorOf(id);
      slice.visit();
      if (place < message) return void moveOn.run(id, message);
      known.set(id, place);
    }
    forget(message, slice);
  }

  /** Keys whose time is over, and those of messages that were said long ago by count. */
  const oldSent: Stage = (at, { most, keysSince }, slice) => {
    const upTo = (end.get()?.id ?? 0) - atMost(most);
    const drop = ({ id }: { id: number }) => {
      slice.remove();
      removeKey.run(id);
    };
    const first = each(slice, () => firstKeys.all(upTo, PAGE), drop);
    return first && each(slice, () => oldKeys.all(atMost(keysSince), PAGE), drop) ? undefined : at;
  };

  const stages: readonly (readonly [stage: Stage, start: number])[] = [
    [tooMany, 0],
    [tooOld, 0],
    [hadByAll, 0],
    [hadByNamed, 0],
    [hadByCrowd, -1],
    [oldSent, 0],
  ];

  /** Trims for one turn. @param from where the last turn has come to @returns where to go on; undefined at the end */
  return (retention: Retention, from?: TrimPosition): TrimPosition | undefined => {
    const slice = new Slice();
    let [number, at] = from ?? [0, 0];
    for (let stage = stages[number]; stage !== undefined; stage = stages[number]) {
      if (slice.isOver) return [number, at];
      const [run] = stage;
      const place = run(at, retention, slice);
      if (place !== undefined) return [number, place];
      number++;
      at = stages[number]?.[1] ?? 0;
    }
    return undefined;
  };
}
