import type { Entry, MessageLog, Span } from 'chatserv';
import type { Reader } from './client.ts';
import type { EntryRow } from './entry-rows.ts';
import { inParts } from './paging.ts';
import { READ_AT_ONCE } from './read.ts';
import type { RoomPosition } from './rooms-of.ts';
import type { Part } from './rows.ts';

/** How many ids one request looks up. */
const LOOKED_UP_AT_ONCE = 1000;

/** The part of a log that reads what was appended, and tells who may read it. */
type LogHistory = Pick<
  MessageLog,
  'history' | 'entries' | 'missing' | 'changes' | 'get' | 'readable' | 'spans' | 'namedSpans'
>;

/** @param entryIn makes an entry from its row */
export function historyOf({ ask: read }: Reader, entryIn: (row: EntryRow) => Entry): LogHistory {
  return {
    async history(room, range) {
      const entries: Entry[] = [];
      for (let from: number | undefined; entries.length < range.limit; ) {
        const rest = { ...range, limit: range.limit - entries.length };
        const part: Part<EntryRow[], number> = await read('history', room, rest, from);
        for (const row of part.found) entries.push(entryIn(row));
        from = part.after;
        if (from === undefined) break;
      }
      return range.from === 'oldest' ? entries : entries.reverse();
    },
    async entries(after, limit) {
      const entries: Entry[] = [];
      for (let from: number | undefined = after; from !== undefined && entries.length < limit; ) {
        const part: Part<EntryRow[], number> = await read('entriesAfter', from, limit - entries.length);
        for (const row of part.found) entries.push(entryIn(row));
        from = part.after;
      }
      return entries;
    },
    async missing(ids) {
      const found: number[] = [];
      for (let at = 0; at < ids.length; at += LOOKED_UP_AT_ONCE) {
        found.push(...(await read('missing', ids.slice(at, at + LOOKED_UP_AT_ONCE))));
      }
      return found;
    },
    async changes(ids, limit, kind) {
      const found: number[] = [];
      for (let at = 0; at < ids.length; at += READ_AT_ONCE) {
        found.push(...(await read('changes', ids.slice(at, at + READ_AT_ONCE), limit, kind)));
      }
      const changes = found.sort((a, b) => a - b).slice(0, Math.max(0, limit));
      const entries: Entry[] = [];
      for (let at = 0; at < changes.length; at += READ_AT_ONCE) {
        const rows = await read('entries', changes.slice(at, at + READ_AT_ONCE));
        for (const row of rows) entries.push(entryIn(row));
      }
      return entries;
    },

    async get(id) {
      const row = await read('entry', id);
      return row && entryIn(row);
    },
    async readable(account, id) {
      const row = await read('readable', account, id);
      return row && entryIn(row);
    },
    spans: (account, room) => read('spans', account, room),
    async namedSpans(account) {
      const pairs = await inParts(
        (from: RoomPosition | undefined) => read('namedSpans', account, from),
        ([room, { since }], [other, { since: later }]) => room - other || since - later,
      );
      const spans = new Map<number, Span[]>();
      for (const [room, span] of pairs) spans.set(room, [...(spans.get(room) ?? []), span]);
      return spans;
    },
  };
}
