import type { IndexAnswer, IndexQuestion, ReadableRoom } from 'chatserv';
import type { Database } from './database.ts';
import { toInt8 } from './limits.ts';
import { memberWord, queryOf, roomWord, senderWord } from './search-words.ts';

/** In milliseconds. */
const DAY = 86_400_000;

/** How much a statement does, at first and at most. */
export interface Effort {
  /** The latest ids to look at. */
  readonly ids: { readonly first: number; readonly most: number };
  /** Matches to sort. */
  readonly matches: { readonly first: number; readonly most: number };
}

const EFFORT: Effort = { ids: { first: 8192, most: 262_144 }, matches: { first: 4096, most: 65_536 } };

/** By how much it grows. */
const GROWTH = 8;

/** How many more ids to look at than the ones before let expect. */
const MARGIN = 1.5;

/** Up to so many rooms the index finds what is in one of them; a list of more takes longer than looking at each match. */
const FEW_ROOMS = 16;

interface Row {
  readonly id: number;
  readonly room: number;
  readonly edit: number;
}

/** Collects the values of a statement. */
class Values {
  readonly all: unknown[] = [];

  /** @returns how the statement names the value */
  add(value: unknown, type: string): string {
    return `$${this.all.push(value)}::${type}`;
  }
}

/**
 * Makes `SearchIndex.search`. The index of words does not keep the order of ids. But rare words have few matches to sort,
 * and common ones are soon found by a look at the latest messages. PostgreSQL estimates which they are, and where it is
 * wrong, or the account may read little, both are tried in turn, with more effort each time.
 */
export function searchOf(
  { read }: Pick<Database, 'read'>,
  effort = EFFORT,
): (question: IndexQuestion) => Promise<IndexAnswer> {
  return async (question) => {
    const { rooms, member, limit, time } = question;
    if (rooms.length === 0 && member === undefined) return { found: [] };
    const end = performance.now() + time;
    const isReadable = readableIn(rooms);
    const found: (readonly [id: number, edit: number])[] = [];
    const [low, first] = await idsBetween(read, question);
    /** Everything from this id on was found. */
    let high = first;
    const isOver = () => high <= low + 1 || found.length >= limit;

    /** Takes the latest matches above the id `floor`: less than the limit are all. */
    function take(rows: readonly Row[], floor: number): void {
      for (const row of rows) if (found.length < limit && isReadable(row)) found.push([row.id, row.edit]);
      high = rows.length < limit ? floor + 1 : (rows.at(-1)?.id ?? 0);
    }

    /** Looks at so many ids. */
    async function look(ids: number): Promise<void> {
      const floor = Math.max(low, high - 1 - ids);
      take(await amongLatest(read, question, floor, high), floor);
    }

    let isNarrow = rooms.length <= FEW_ROOMS;
    const estimate = await estimateOf(read, question, isNarrow);
    for (let ids = effort.ids.first, matches = effort.matches.first; ; isNarrow = true) {
      if (estimate <= matches || ids === effort.ids.most) {
        const rows = await byWords(read, question, isNarrow, low, high, matches);
        if (rows !== undefined) take(rows, low);
      }
      if (!isOver()) await look(ids);
      const expected = Math.ceil((MARGIN * (limit - found.length) * (first - high)) / found.length);
      if (!isOver() && expected <= effort.ids.most) await look(expected);
      if (isOver() || performance.now() >= end) break;
      ids = Math.min(ids * GROWTH, effort.ids.most);
      matches = Math.min(matches * GROWTH, effort.matches.most);
    }
    if (found.length >= limit) return { found, reached: found.at(-1)?.[0] ?? high };
    return isOver() ? { found } : { found, reached: high };
  };
}

/** Tells the messages that may be read from those that are in a room between its periods. */
function readableIn(rooms: readonly ReadableRoom[]): (row: Row) => boolean {
  const spans = Map.groupBy(rooms, ([room]) => room);
  return ({ id, room }) =>
    spans.get(room)?.some(([, since, until]) => since < id && (until === 0 || id < until)) ?? true;
}

/** The ids between which the messages are. */
async function idsBetween(read: Database['read'], question: IndexQuestion): Promise<[low: number, high: number]> {
  const { rooms, member, below, from, to } = question;
  const since = Math.min(...rooms.map(([, since]) => since), member?.since ?? Number.POSITIVE_INFINITY);
  const [days] = await read<{ cursor: number; first: number | null; last: number | null }>(
    `SELECT cursor, (SELECT min(first) FROM search_day WHERE day >= $1) AS first,
       (SELECT max(last) FROM search_day WHERE day <= $2) AS last FROM search_state`,
    [Math.floor(toInt8(from ?? 0) / DAY), Math.floor(toInt8((to ?? Number.POSITIVE_INFINITY) - 1) / DAY)],
  );
  const { cursor = 0, first, last } = days ?? {};
  return [Math.max(since, (first ?? cursor + 1) - 1), Math.min(below, (last ?? 0) + 1)];
}

/** The latest matches between two ids, found by looking at each message. */
function amongLatest(read: Database['read'], question: IndexQuestion, low: number, high: number): Promise<Row[]> {
  const values = new Values();
  const sql = `SELECT id, room, edit FROM (
      SELECT * FROM search_message WHERE ${isBetween(low, high, values)} ORDER BY id DESC OFFSET 0
    ) AS latest WHERE ${[...wordsOf(question, false, values), ...accessOf(question, values)].join(' AND ')}
    ORDER BY id DESC LIMIT ${values.add(question.limit, 'bigint')}`;
  return read<Row>(sql, values.all);
}

/** How many messages have the words, as PostgreSQL estimates. */
async function estimateOf(read: Database['read'], question: IndexQuestion, isNarrow: boolean): Promise<number> {
  const values = new Values();
  const words = wordsOf(question, isNarrow, values);
  if (words.length === 0) return Number.POSITIVE_INFINITY;
  const [row] = await read<{ 'QUERY PLAN': readonly { readonly Plan: { readonly 'Plan Rows': number } }[] }>(
    `EXPLAIN (FORMAT JSON) SELECT FROM search_message WHERE ${words.join(' AND ')}`,
    values.all,
  );
  return row?.['QUERY PLAN'][0]?.Plan['Plan Rows'] ?? 0;
}

/** The latest matches between two ids, found by the index; undefined if more than `most` messages have the words. */
async function byWords(
  read: Database['read'],
  question: IndexQuestion,
  isNarrow: boolean,
  low: number,
  high: number,
  most: number,
): Promise<Row[] | undefined> {
  const values = new Values();
  const words = wordsOf(question, isNarrow, values);
  if (words.length === 0) return undefined;
  const sql = `WITH matches AS MATERIALIZED (
      SELECT * FROM search_message WHERE ${words.join(' AND ')} LIMIT ${values.add(most + 1, 'bigint')}
    )
    SELECT id, room, edit, count FROM (SELECT count(*) FROM matches) AS counted LEFT JOIN (
      SELECT * FROM matches WHERE ${[isBetween(low, high, values), ...accessOf(question, values)].join(' AND ')}
      ORDER BY id DESC LIMIT ${values.add(question.limit, 'bigint')}
    ) AS latest ON true ORDER BY id DESC`;
  const rows = await read<{ [Key in keyof Row]: Row[Key] | null } & { readonly count: number }>(sql, values.all);
  if ((rows[0]?.count ?? 0) > most) return undefined;
  return rows.filter((row): row is Row & { count: number } => row.id !== null);
}

function isBetween(low: number, high: number, values: Values): string {
  return `id > ${values.add(low, 'bigint')} AND id < ${values.add(high, 'bigint')}`;
}

/** What the index of words can find. @param isNarrow whether it is to find the rooms, too */
function wordsOf({ phrases, sender, rooms, member }: IndexQuestion, isNarrow: boolean, values: Values): string[] {
  const scope: string[] = [];
  if (sender !== undefined) scope.push(senderWord(sender));
  if (isNarrow) {
    const places = [...new Set(rooms.map(([room]) => room))].map(roomWord);
    if (member !== undefined) places.push(memberWord(member.account));
    scope.push(`(${places.join(' | ')})`);
  }
  return [
    ...(phrases.length > 0 ? [`words @@ ${values.add(queryOf(phrases), 'tsquery')}`] : []),
    ...(scope.length > 0 ? [`scope @@ ${values.add(scope.join(' & '), 'tsquery')}`] : []),
  ];
}

/** Whether a message may be read, and its time. Between two periods in a room it may not; `readableIn` decides that. */
function accessOf({ rooms, member, from, to }: IndexQuestion, values: Values): string[] {
  const periods = new Map<number, readonly [since: number, until: number]>();
  for (const [room, since, until] of rooms) {
    const [first, last] = periods.get(room) ?? [since, 1];
    periods.set(room, [Math.min(first, since), Math.max(last, until === 0 ? Number.MAX_SAFE_INTEGER : until)]);
  }
  const sorted = [...periods].sort(([a], [b]) => a - b);
  const list = (of: (one: (typeof sorted)[number]) => number) => values.add(sorted.map(of), 'bigint[]');
  const ids = list(([room]) => room);
  const place = `width_bucket(room, ${ids})`;
  const inRoom = `room = ANY (${ids}) AND id > (${list(([, [since]]) => since)})[${place}]
    AND id < (${list(([, [, until]]) => until)})[${place}]`;
  const inConversation =
    member &&
    `scope @@ ${values.add(memberWord(member.account), 'tsquery')} AND id > ${values.add(member.since, 'bigint')}`;
  return [
    inConversation === undefined ? inRoom : `(${inRoom} OR ${inConversation})`,
    ...(from !== undefined ? [`time >= ${values.add(from, 'bigint')}`] : []),
    ...(to !== undefined ? [`time < ${values.add(to, 'bigint')}`] : []),
  ];
}
