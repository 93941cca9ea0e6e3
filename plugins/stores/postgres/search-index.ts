import type { IndexBatch, IndexChange, IndexState, SearchIndex } from 'chatserv';
import type { Database, Queryable } from './database.ts';
import { columns } from './log-rows.ts';
import { searchOf } from './search-query.ts';
import { scopeOf, vectorOf } from './search-words.ts';

/** In milliseconds. */
export const DAY = 86_400_000;

interface State {
  readonly version: number;
  readonly cursor: number;
}

/**
 * Locks the index for those who fill it. A removal from the log holds the lock too, shared and up to its commit: so it
 * either finds a message in the index, or is seen by whoever adds it afterwards.
 */
const LOCK = `SELECT version, cursor, set_config('synchronous_commit', 'off', true) FROM search_state FOR UPDATE`;

/** Adds messages. Of one that is gone nothing is added, and of an edit that is gone no words. */
const ADD = `
  INSERT INTO search_message (id, room, time, edit, scope, words)
  SELECT added.id, added.room, added.time, edit, scope::tsvector,
    CASE WHEN edit = 0 OR EXISTS (SELECT 1 FROM entry WHERE entry.id = edit AND NOT redacted) THEN words ELSE '' END::tsvector
  FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[])
    AS added (id, room, time, edit, scope, words)
  JOIN entry message ON message.id = added.id AND NOT message.redacted
  ON CONFLICT (id) DO UPDATE SET room = excluded.room, time = excluded.time, edit = excluded.edit, scope = excluded.scope,
    words = excluded.words`;

const EDIT = `
  UPDATE search_message SET edit = changed.edit,
    words = CASE WHEN EXISTS (
      SELECT 1 FROM entry WHERE entry.id = CASE changed.edit WHEN 0 THEN changed.id ELSE changed.edit END AND NOT redacted
    ) THEN changed.words ELSE '' END::tsvector
  FROM unnest($1::bigint[], $2::bigint[], $3::text[]) AS changed (id, edit, words) WHERE search_message.id = changed.id`;

const ADD_DAYS = `
  INSERT INTO search_day (day, first, last) SELECT time / ${DAY}, min(id), max(id)
  FROM unnest($1::bigint[], $2::bigint[]) AS added (id, time) GROUP BY 1
  ON CONFLICT (day) DO UPDATE SET first = least(search_day.first, excluded.first),
    last = greatest(search_day.last, excluded.last)`;

/**
 * The index of the log's words, which all servers share: a `tsvector` for each message, with an index of the words.
 * Triggers remove what is redacted or trimmed, see `schema.ts`.
 */
export function searchIndexOf(database: Database): SearchIndex {
  return {
    async cursor(version) {
      const [state] = await database.read<State>('SELECT version, cursor FROM search_state');
      if (state?.version === version) return state.cursor;
      // A newer version of the server fills it.
      if (state !== undefined && state.version > version) return Number.MAX_SAFE_INTEGER;
      return database.transaction((transaction) => begin(transaction, version));
    },
    apply: (version, batch) => database.transaction((transaction) => apply(transaction, version, batch)),
    search: searchOf(database),
  };
}

/** Empties an index of an earlier version, unless another server does. @returns how far it is then */
async function begin({ query }: Queryable, version: number): Promise<number> {
  // A dump may lack the row.
  await query('INSERT INTO search_state (id, version, cursor) VALUES (1, 0, 0) ON CONFLICT (id) DO NOTHING');
  const [state] = await query<State>(LOCK);
  if (state !== undefined && state.version >= version) return state.cursor;
  await query('TRUNCATE search_message, search_day');
  await query('UPDATE search_state SET version = $1, cursor = 0', [version]);
  return 0;
}

async function apply({ query }: Queryable, version: number, batch: IndexBatch): Promise<IndexState> {
  const [state] = await query<State>(LOCK);
  if (state?.version !== version || state.cursor !== batch.after) {
    return { cursor: state?.cursor ?? 0, isApplied: false };
  }
  const { added, edited, removed } = outcomeOf(batch.changes);
  if (removed.length > 0) await query('DELETE FROM search_message WHERE id = ANY ($1::bigint[])', [removed]);
  if (added.length > 0) {
    await query(ADD, columns(added, 6));
    await query(ADD_DAYS, [added.map(([id]) => id), added.map(([, , time]) => time)]);
  }
  if (edited.length > 0) await query(EDIT, columns(edited, 3));
  await query('UPDATE search_state SET cursor = $1', [batch.upTo]);
  return { cursor: batch.upTo, isApplied: true };
}

type Added = readonly [id: number, room: number, time: number, edit: number, scope: string, words: string];
type Edited = readonly [id: number, edit: number, words: string];

/** What changes leave of each message: a statement can change a row only once. */
function outcomeOf(changes: readonly IndexChange[]) {
  const added = new Map<number, Added>();
  const edited = new Map<number, Edited>();
  const removed = new Set<number>();
  for (const change of changes) {
    if (change[0] === 'add') {
      const { id, room, sender, members, time, words } = change[1];
      added.set(id, [id, room, time, 0, scopeOf(room, sender, members), vectorOf(words)]);
    } else if (change[0] === 'edit') {
      const [, id, edit, words] = change;
      const message = added.get(id);
      if (message === undefined) edited.set(id, [id, edit, vectorOf(words)]);
      else added.set(id, [...(message.slice(0, 3) as [number, number, number]), edit, message[4], vectorOf(words)]);
    } else {
      added.delete(change[1]);
      edited.delete(change[1]);
      removed.add(change[1]);
    }
  }
  return { added: [...added.values()], edited: [...edited.values()], removed: [...removed] };
}
