import { type Entry, isMessage, type MessageForm, type MessageLog, type Server, type Span } from 'chatserv';
import type { ChangeRecord, EntryRecord, MessageRecord } from './records.ts';

/** How many entries are read at a time. */
const PAGE = 100;

/** How many changes of a page of messages are read at a time; of a single message, at most. */
const CHANGES = 1000;
const CHANGES_OF_ONE = 10_000;

/** The services that reading messages needs. */
export interface Source {
  readonly messageLog: MessageLog;
  readonly server: Server;
}

/**
 * Reads the entries of a room, oldest first, a page at a time, each message as it is now.
 * @param spans when the reader could read the room
 * @param upTo the id of the last entry
 */
export async function* messagesOf(
  room: number,
  spans: readonly Span[],
  upTo: number,
  source: Source,
): AsyncGenerator<MessageRecord | EntryRecord> {
  for (const { since, until } of spans) {
    const before = until === 0 ? upTo + 1 : Math.min(until, upTo + 1);
    for (let after = since; ; ) {
      const page = await source.messageLog.history(room, { after, before, limit: PAGE, from: 'oldest' });
      const last = page.at(-1);
      if (last === undefined) break;
      yield* await recordsOf(page, spans, source);
      after = last.id;
    }
  }
}

async function recordsOf(
  page: readonly Entry[],
  spans: readonly Span[],
  { messageLog, server }: Source,
): Promise<(MessageRecord | EntryRecord)[]> {
  const isReadable = ({ id }: Entry) => spans.some(({ since, until }) => since < id && (until === 0 || id < until));
  const entries = page.filter(({ of }) => of === undefined);
  const changes = await changesOf(
    entries.map(({ id }) => id),
    messageLog,
  );
  const byMessage = Map.groupBy(changes.filter(isReadable), ({ of }) => of);
  return entries.flatMap((entry) => {
    if (isMessage(entry)) return messageRecord(entry, byMessage.get(entry.id) ?? [], server);
    const change = changeRecord(entry, server);
    return change === undefined ? [] : { type: 'entry' as const, room: entry.room, ...change };
  });
}

/** All entries that change these, by id. */
async function changesOf(ids: readonly number[], log: MessageLog): Promise<readonly Entry[]> {
  if (ids.length === 0) return [];
  const changes = await log.changes(ids, CHANGES);
  if (changes.length < CHANGES) return changes;
  const each = await Promise.all(ids.map((id) => log.changes([id], CHANGES_OF_ONE)));
  return each.flat();
}

function messageRecord(message: Entry, changes: readonly Entry[], server: Server): MessageRecord {
  const { id, kind, room, seq, from, time, body, reply, redacted } = message;
  const common = { type: 'message' as const, id, room, seq, from, time: new Date(time).toISOString() };
  const answered = { ...(kind !== 'message' && { form: kind as MessageForm }), ...(reply !== undefined && { reply }) };
  if (redacted) return { ...common, text: '', deleted: true, ...answered };
  const later = changes.flatMap((change) => changeRecord(change, server) ?? []);
  const edit = later.findLast(({ kind }) => kind === 'edit')?.data as { readonly text?: unknown } | undefined;
  const text = typeof edit?.text === 'string' ? edit.text : body;
  return { ...common, text, ...answered, ...(later.length > 0 && { changes: later }) };
}

/** An entry as programs are sent it; undefined if it has no data any more, or clients are not told of it. */
function changeRecord(entry: Entry, server: Server): ChangeRecord | undefined {
  const event = entry.redacted ? undefined : server.shown(entry)?.event;
  if (event === undefined) return undefined;
  const { id, kind, from, time, data, line } = event as unknown as ChangeRecord;
  return { id, kind, from, time, data, ...(line !== undefined && { line }) };
}
