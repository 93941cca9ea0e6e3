import { DIRECT_MOST, type Duplicate, type Entry, type NewEntry, type SendKey } from 'chatserv';
import { ascending } from './entry-rows.ts';
import type { LogTransaction, Needs } from './log-transaction.ts';

/** Entries to append, all or none. */
export interface Append {
  readonly entries: readonly NewEntry[];
  readonly key: SendKey | undefined;
}

/** What appends need to know beforehand. */
export function needsOf(appends: readonly Append[]): Needs {
  const rooms = new Set<number>();
  const conversations: (readonly number[])[] = [];
  const changed = new Set<number>();
  for (const { to, kind, of } of appends.flatMap(({ entries }) => entries)) {
    if ('room' in to) rooms.add(to.room);
    else conversations.push(ascending(to.direct));
    if (of !== undefined && kind !== 'redaction') changed.add(of);
  }
  const keys = appends.flatMap(({ key }) => key ?? []);
  return { rooms: [...rooms], conversations, keys, changed: [...changed] };
}

/**
 * Appends entries whose needs are loaded, unless the sender has used the key before.
 * @throws when a room is unknown, or a changed entry was redacted; then nothing is added
 */
export function append(log: LogTransaction, { entries, key }: Append): readonly Entry[] | Duplicate {
  const before = key && log.duplicateOf(key);
  if (before !== undefined) return before;
  mustBeValid(log, entries);
  const appended = entries.map((entry) => {
    const { to } = entry;
    const room = 'room' in to ? log.room(to.room) : log.conversation(ascending(to.direct));
    if (room === undefined) throw new Error('a room was checked and is gone');
    return log.add(room, entry);
  });
  const [first] = appended;
  if (key !== undefined && first !== undefined) log.addKey(key, first.id);
  return appended;
}

function mustBeValid(log: LogTransaction, entries: readonly NewEntry[]): void {
  const redacted = new Set<number>();
  for (const { to, kind, of } of entries) {
    if ('room' in to) {
      if (log.room(to.room) === undefined) throw new Error(`there is no room ${to.room}`);
    } else {
      const { size } = new Set(to.direct);
      if (size === 0 || size > DIRECT_MOST) {
        throw new Error(`a direct conversation has 1 to ${DIRECT_MOST} members, and not ${size}`);
      }
    }
    if (of === undefined) continue;
    if (kind === 'redaction') redacted.add(of);
    else if (redacted.has(of) || log.isRedacted(of)) throw new Error(`the entry ${of} was redacted`);
  }
}
