import { type Archive, type ArchivedRoom, EVERYONE, nameKey } from 'chatserv';
import { addSkeletons, SIGNING_KEY } from './accounts.ts';
import { complaint } from './complaint.ts';
import type { Database, Queryable } from './database.ts';
import { listOf } from './entry-rows.ts';
import {
  ADD_MEMBERS,
  type ContactRow,
  columns,
  insertContacts,
  insertEntries,
  insertKeys,
  insertMentions,
  MENTIONS_ALL,
  type MentionRow,
} from './log-rows.ts';

/** The importing part of an archive, and a way to abandon an unfinished import. */
type Import = Required<
  Pick<
    Archive,
    'begin' | 'addAccounts' | 'addRooms' | 'addEntries' | 'addKeys' | 'addTexts' | 'addSigningKey' | 'finish'
  >
> & { abandon(): Promise<void> };

interface Current {
  readonly queryable: Queryable;
  end(): Promise<void>;
}

/** Finds a row in a store that was ever used. */
const USED = `
  SELECT 1 FROM accounts WHERE last > 0 UNION ALL SELECT 1 FROM log WHERE head > 0 OR room > ${EVERYONE}
  UNION ALL SELECT 1 FROM texts LIMIT 1`;

/**
 * Imports an archive into an unused store in one transaction, over a connection of its own, so that an import that fails
 * or is killed leaves it unused. It holds the log's lock, so other processes cannot write meanwhile.
 */
export function importOf(database: Database): Import {
  let current: Current | undefined;

  async function abandon(): Promise<void> {
    const unfinished = current;
    current = undefined;
    // Ending the connection rolls back.
    await unfinished?.end();
  }

  /** Adds to the import. An error ends the import. */
  async function add(work: (to: Current) => Promise<unknown>): Promise<void> {
    if (current === undefined) throw new Error(`No import into the database ${database.name} was started.`);
    try {
      await work(current);
    } catch (cause) {
      await abandon();
      throw complaint(database.name, cause);
    }
  }

  return {
    async begin(ends) {
      await abandon();
      current = await database.reserve();
      let isUsed = true;
      await add(async ({ queryable: { query } }) => {
        await query('BEGIN');
        await query('SELECT 1 FROM accounts CROSS JOIN log FOR UPDATE');
        isUsed = (await query(USED)).length > 0;
        await query('UPDATE accounts SET last = $1', [ends.account]);
        await query('UPDATE log SET head = $1, room = $2', [ends.entry, ends.room]);
        await query('UPDATE removal SET entries = $1', [ends.entry]);
      });
      if (isUsed) await abandon();
      return !isUsed;
    },

    addAccounts: (accounts) =>
      add(async ({ queryable }) => {
        await queryable.query(
          `INSERT INTO account (id, name, key, hash, created, seen, roles, epoch, since)
           SELECT id, name, key, hash, created, seen, roles::text[], epoch, since
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[],
             $8::bigint[], $9::bigint[]) AS added (id, name, key, hash, created, seen, roles, epoch, since)`,
          columns(
            accounts.map(({ id, name, hash, created, seen, roles, epoch, since }) => [
              ...[id, name, nameKey(name), hash, created, seen, `{${roles.join()}}`, epoch, since],
            ]),
            9,
          ),
        );
        for (const { id, name } of accounts) await addSkeletons(queryable, id, name);
        await queryable.query(
          'INSERT INTO cursor SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])',
          columns(
            accounts.flatMap(({ id, devices }) => devices.map((one) => [id, one.name, one.id, one.handed, one.seen])),
            5,
          ),
        );
        await queryable.query(
          'INSERT INTO marker SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[])',
          columns(
            accounts.flatMap(({ id, markers }) => markers.map((marker) => [id, ...marker])),
            3,
          ),
        );
      }),

    addRooms: (rooms) =>
      add(async ({ queryable }) => {
        await queryable.query(
          `INSERT INTO room (id, kind, name, key, members, spoke, facts, last, seq, size)
           SELECT id, kind, name, key, members::bigint[], spoke::bigint[], facts, last, seq, size
           FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::bigint[], $9::bigint[], $10::bigint[])
             AS added (id, kind, name, key, members, spoke, facts, last, seq, size)
           ON CONFLICT (id) DO UPDATE SET last = excluded.last, seq = excluded.seq`,
          columns(rooms.map(roomColumns), 10),
        );
        await queryable.query(
          'INSERT INTO member SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])',
          columns(
            rooms.flatMap(({ id, memberships }) =>
              memberships.map(({ account, since, until, role }) => [account, id, since, until, role]),
            ),
            5,
          ),
        );
        const members = rooms.flatMap(({ id, members = [] }) =>
          members.filter((one) => one !== 0).map((one) => [one, id]),
        );
        await queryable.query(ADD_MEMBERS, columns(members, 2));
        await insertContacts(queryable, rooms.flatMap(contactsIn));
      }),

    addEntries: (entries) =>
      add(async ({ queryable }) => {
        await insertEntries(
          queryable,
          entries.map(({ origin, mentions, ...entry }) => ({ entry, origin })),
        );
        await queryable.query('UPDATE removal SET entries = entries - $1', [entries.length]);
        await insertMentions(
          queryable,
          entries.flatMap(({ id, room, seq, mentions = [], mentionsAll = false }): MentionRow[] => {
            const accounts = seq === 0 ? [] : mentionsAll ? [MENTIONS_ALL, ...mentions] : mentions;
            return [...new Set(accounts)].map((account) => [account, room, seq, id]);
          }),
        );
      }),

    addKeys: (keys) =>
      add(({ queryable }) =>
        insertKeys(
          queryable,
          keys.map(({ id, ...key }) => ({ key, id })),
        ),
      ),

    addTexts: (texts) =>
      add(({ queryable: { query } }) =>
        query('INSERT INTO texts SELECT * FROM unnest($1::text[], $2::text[])', columns(texts, 2)),
      ),

    addSigningKey: (key) =>
      add(({ queryable: { query } }) =>
        query(
          'INSERT INTO secret (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
          [SIGNING_KEY, key],
        ),
      ),

    async finish() {
      await add(({ queryable: { query } }) => query('COMMIT'));
      await abandon();
    },

    abandon,
  };
}

function roomColumns({ id, kind, name, members, spoke, facts, last, seq, memberships }: ArchivedRoom): unknown[] {
  const isNamed = kind === 'room';
  const size = memberships.filter(({ until }) => until === 0).length;
  return [
    ...[id, kind, isNamed ? name : '', isNamed ? nameKey(name) : null, members === undefined ? null : listOf(members)],
    ...[listOf(spoke), isNamed ? JSON.stringify(facts) : '{}', last, seq, size],
  ];
}

function contactsIn({ members = [], spoke }: ArchivedRoom): ContactRow[] {
  return spoke.flatMap((account) =>
    members.filter((other) => account !== 0 && other !== account).map((other) => [account, other] as const),
  );
}
