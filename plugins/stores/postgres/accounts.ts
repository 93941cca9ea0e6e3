import { randomBytes } from 'node:crypto';
import { type Account, type Accounts, nameKey, newEpoch, type StoredAccount, skeletons } from 'chatserv';
import type { Database, Queryable } from './database.ts';
import { gathering, gatheringBy } from './gathering.ts';
import { atMost, inPages } from './limits.ts';
import { columns } from './log-rows.ts';
import { removeAccount } from './memberships.ts';
import type { Writer } from './writer.ts';

/** The name of the signing key in the table `secret`. */
export const SIGNING_KEY = 'signing-key';

const KEY_BYTES = 32;

const ACCOUNT = 'id, name, hash, created, seen, roles, epoch';

/** Counts a change that other processes must notice, in the statement that has made it as `changed`. */
const COUNTED = 'UPDATE accounts SET revision = revision + 1 WHERE EXISTS (SELECT 1 FROM changed) RETURNING revision';

interface KeyRow {
  readonly value: Uint8Array;
}

/** The accounts, and how many of their changes this process knows of. */
export interface StoredAccounts {
  readonly accounts: Accounts;
  /** Whether another process has changed accounts since the last call. @param revision as stored */
  isNews(revision: number): boolean;
}

/** @param revision the number of changes at the start */
export function accountsOf(
  database: Database,
  writer: Writer,
  identity: string,
  revision: number,
  now: () => number,
): StoredAccounts {
  let known = revision;

  /** Notes a change of this process, if no other process has made one in between. */
  function note([row]: readonly { readonly revision: number }[]): void {
    if (row?.revision === known + 1) known++;
  }

  async function change(id: number, columns: string, values: readonly unknown[]): Promise<void> {
    const sql = `WITH changed AS (UPDATE account SET ${columns} WHERE id = $1 RETURNING id) ${COUNTED}`;
    note(await database.query<{ revision: number }>(sql, [id, ...values]));
  }

  const byId = gatheringBy(
    ({ id }: StoredAccount) => id,
    (ids) => database.read(`SELECT ${ACCOUNT} FROM account WHERE id = ANY ($1::bigint[])`, [ids]),
  );
  const byKey = gatheringBy(
    ({ key }: StoredAccount & { key: string }) => key,
    (keys) => database.read(`SELECT ${ACCOUNT}, key FROM account WHERE key = ANY ($1::text[])`, [keys]),
  );
  const signingKey = gathering(async (requests: readonly undefined[]) => {
    const [row] = await database.read<KeyRow>('SELECT value FROM secret WHERE name = $1', [SIGNING_KEY]);
    return requests.map(() => row);
  });
  // One statement at a time, so that they do not wait for one another's rows.
  const setSeen = gathering(
    async (moves: readonly (readonly [id: number, time: number])[]) => {
      const latest = [...new Map(moves)].sort(([a], [b]) => a - b);
      await database.query(
        `UPDATE account SET seen = moved.seen FROM unnest($1::bigint[], $2::bigint[]) AS moved (id, seen)
         WHERE account.id = moved.id`,
        columns(latest, 2),
      );
      return moves.map(() => undefined);
    },
    { statements: 1 },
  );

  return {
    isNews(stored) {
      const isNews = stored !== known;
      known = stored;
      return isNews;
    },
    accounts: {
      identity,
      get: async (id) => (Number.isSafeInteger(id) ? await byId(id) : undefined),
      async find(name) {
        const row = await byKey(nameKey(name));
        if (row === undefined) return undefined;
        const { key, ...account } = row;
        return account;
      },
      async lookalike(name) {
        const [row] = await database.read<StoredAccount>(
          `SELECT ${ACCOUNT} FROM account WHERE id = (SELECT min(account) FROM skeleton WHERE skeleton = ANY ($1::text[]))`,
          [skeletons(name)],
        );
        return row;
      },

      create: (name, hash, distinct = false) =>
        database.transaction(async (transaction) => {
          // Its lock keeps other names from being taken meanwhile.
          const [last] = await transaction.query<{ last: number }>('SELECT last FROM accounts FOR UPDATE');
          if (await isTaken(transaction, name, distinct)) return undefined;
          const account = {
            id: (last?.last ?? 0) + 1,
            name,
            hash,
            created: now(),
            seen: 0,
            roles: [],
            epoch: newEpoch(),
          };
          await transaction.query('UPDATE accounts SET last = $1', [account.id]);
          // One statement sees one moment of the log.
          await transaction.query(
            `WITH made AS (
               INSERT INTO account (id, name, key, hash, created, epoch, since)
               SELECT $1, $2, $3, $4, $5, $6, head FROM log RETURNING id, since
             ), device AS (
               INSERT INTO cursor (account, device, id, handed, seen) SELECT id, '', since, since, 0 FROM made
             )
             INSERT INTO marker (account, room, seq) SELECT made.id, room.id, seq FROM made JOIN room ON room.id = 1`,
            [account.id, name, nameKey(name), hash, account.created, account.epoch],
          );
          await addSkeletons(transaction, account.id, name);
          return account;
        }),

      setHash: (id, hash, { rehashed = false } = {}) =>
        rehashed ? change(id, 'hash = $2', [hash]) : change(id, 'hash = $2, epoch = $3', [hash, newEpoch()]),
      signOut: (id) => change(id, 'epoch = $2', [newEpoch()]),

      async signingKey(renew = false) {
        const known = renew ? undefined : await signingKey(undefined);
        const [row] =
          known === undefined
            ? await database.query<KeyRow>(
                `INSERT INTO secret (name, value) VALUES ($3, $1) ON CONFLICT (name)
                 DO UPDATE SET value = CASE WHEN $2 THEN excluded.value ELSE secret.value END RETURNING value`,
                [randomBytes(KEY_BYTES), renew, SIGNING_KEY],
              )
            : [known];
        return new Uint8Array(row?.value ?? []);
      },

      rename: (id, name, distinct = false) =>
        database.transaction(async (transaction) => {
          const [account] = await transaction.query<StoredAccount>(
            `SELECT ${ACCOUNT} FROM account WHERE id = $1 FOR UPDATE`,
            [id],
          );
          if (account === undefined) return undefined;
          await transaction.query('SELECT last FROM accounts FOR UPDATE');
          if (await isTaken(transaction, name, distinct, id)) return undefined;
          const renamed = { ...account, name };
          await transaction.query('UPDATE account SET name = $2, key = $3 WHERE id = $1', [id, name, nameKey(name)]);
          await transaction.query('DELETE FROM skeleton WHERE account = $1', [id]);
          await addSkeletons(transaction, id, name);
          note(await transaction.query('UPDATE accounts SET revision = revision + 1 RETURNING revision'));
          return renamed;
        }),

      setRoles: (id, roles) => change(id, 'roles = $2', [roles]),
      setSeen: (id, time) => setSeen([id, time]),
      seenSince: (time, limit) =>
        database.read<Account>('SELECT id, name FROM account WHERE seen >= $1 ORDER BY seen DESC LIMIT $2', [
          Math.max(time, 1),
          atMost(limit),
        ]),
      list: (after, limit) =>
        inPages(limit, (most, last: StoredAccount | undefined) =>
          database.read(`SELECT ${ACCOUNT} FROM account WHERE id > $1 ORDER BY id LIMIT $2`, [last?.id ?? after, most]),
        ),
      remove: (id) => writer.change(async (log) => [await removeAccount(log, id), []]),
    },
  };
}

/** @param except an account to ignore */
async function isTaken({ query }: Queryable, name: string, distinct: boolean, except = 0): Promise<boolean> {
  const found = await query(
    `SELECT 1 FROM account WHERE key = $1 AND id <> $2
     UNION ALL SELECT 1 FROM skeleton WHERE skeleton = ANY ($3::text[]) AND account <> $2`,
    [nameKey(name), except, distinct ? skeletons(name) : []],
  );
  return found.length > 0;
}

/** Adds the skeletons of an account's name. */
export async function addSkeletons({ query }: Queryable, account: number, name: string): Promise<void> {
  await query('INSERT INTO skeleton (skeleton, account) SELECT *, $2 FROM unnest($1::text[]) ON CONFLICT DO NOTHING', [
    skeletons(name),
    account,
  ]);
}
