import {
  type Account,
  type Accounts,
  type Entry,
  isMessage,
  type MessageLog,
  type NamedRoom,
  nameRooms,
  plainLine,
  roomAsTyped,
  type Server,
  spokenBy,
} from 'chatserv';
import { textOfEdit } from './indexed-text.ts';
import { snippetOf } from './snippet.ts';
import { containsPhrases } from './words.ts';

/** What hits are read from. */
export interface HitsContext {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly server: Server;
}

/** A message that the index has found, as it is in the log. */
export interface Hit {
  readonly entry: Entry;
  /** Its text now. */
  readonly text: string;
  readonly isEdited: boolean;
}

/**
 * Reads messages that the index has found, in the same order, as far as the account may read them and the phrases, each
 * as its words, are in them. What has changed since they were indexed is left out: messages that are gone, and those
 * whose text is another one by now.
 */
export async function readHits(
  found: readonly (readonly [id: number, edit: number])[],
  phrases: readonly (readonly string[])[],
  account: number,
  log: MessageLog,
): Promise<Hit[]> {
  const read = (id: number) => (id === 0 ? undefined : log.readable(account, id));
  // In parallel, so that the store answers them in one batch.
  const all = await Promise.all(found.map(async ([id, edit]) => [await read(id), edit, await read(edit)] as const));
  return all.flatMap(([entry, edit, change]): Hit[] => {
    if (entry === undefined || entry.redacted || !isMessage(entry)) return [];
    // Whoever has left a room does not see what was changed later.
    const text = edit === 0 ? entry.body : change && textOfEdit(change);
    if (text === undefined || !containsPhrases(text, phrases)) return [];
    return [{ entry, text, isEdited: edit !== 0 }];
  });
}

/** Hits as lines and as facts. */
export async function shownHits(
  hits: readonly Hit[],
  phrases: readonly string[],
  account: Account,
  context: HitsContext,
): Promise<{ readonly lines: string[]; readonly hits: object[] }> {
  const rooms = new Set(hits.map(({ entry }) => entry.room));
  const named = new Map((await nameRooms([...rooms], account.id, context)).map((room) => [room.room, room]));
  const shown = hits.flatMap(({ entry, text, isEdited }) => {
    const place = named.get(entry.room);
    const event = context.server.shown(entry)?.event;
    if (place === undefined || event === undefined) return [];
    const snippet = snippetOf(text, phrases);
    const hit = { message: { ...event, text }, place, snippet, ...(isEdited && { edited: true }) };
    return [{ line: lineOf(entry, place, snippet), hit }];
  });
  return { lines: shown.map(({ line }) => line), hits: shown.map(({ hit }) => hit) };
}

/** What `history <place> around <id>` needs, and the message: `4711 #lab [2026-11-23T20:15:04Z] alice: tea?` */
function lineOf({ id, kind, time, from }: Entry, place: NamedRoom, snippet: string): string {
  return `${id} ${roomAsTyped(place)} ${plainLine(time, spokenBy(from, snippet, kind === 'action'))}`;
}
