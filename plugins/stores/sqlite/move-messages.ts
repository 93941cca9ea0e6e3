import type { DatabaseSync } from 'node:sqlite';
import { unpack } from './account-set.ts';
import { Conversations } from './conversations.ts';
import { COUNTS, DIRECT_MOST, EVERYONE, TO_SENDER } from './entry-rows.ts';
import { countUpTo, Renumbering } from './renumbering.ts';
import { prepare } from './rows.ts';

/** How many messages to read at a time. */
const PAGE = 1000;

interface Message {
  readonly id: number;
  readonly sender: number;
  readonly name: string;
  readonly text: string;
  readonly time: number;
  readonly wide: number;
  readonly crowd: Uint8Array | null;
}

/**
 * Moves the messages of the previous schema into the log, in the order of ids. A message goes to `everyone`, or to the
 * conversation of its sender and the recipients who have yet to read it; if those are too many for a conversation, each
 * gets an entry. Messages that everyone has read are dropped. Moved messages are deleted, so that SQLite reuses their pages.
 * @param progress called with the part that is done, from 0 to 1
 */
export function moveMessages(db: DatabaseSync, progress: (part: number) => void): void {
  db.exec('DROP TRIGGER message_added; DROP TRIGGER message_removed; DROP INDEX messages_wide');
  const end = Number(db.prepare("SELECT max(seq) AS id FROM sqlite_sequence WHERE name = 'messages'").get()?.id ?? 0);
  const cursors = new Map(
    prepare<{ id: number; cursor: number }>(db, 'SELECT id, cursor FROM accounts')
      .all()
      .map(({ id, cursor }) => [id, cursor]),
  );
  const [first, second] = [...cursors].sort(([, a], [, b]) => a - b);
  const page = prepare<Message>(
    db,
    `SELECT id, sender, name, text, time, wide, crowd FROM messages WHERE id > ? ORDER BY id LIMIT ${PAGE}`,
  );
  const named = prepare<{ account: number; origin: string | null }>(
    db,
    'SELECT account, origin FROM named WHERE message = ? ORDER BY account',
  );
  const removeUpTo = db.prepare('DELETE FROM messages WHERE id <= ?');
  const insert = db.prepare(
    `INSERT INTO entry (id, room, seq, previous, kind, version, flags, sender, name, device, body, time, origin)
     VALUES (?, ?, ?, ?, 'message', 1, ?, ?, ?, '', ?, ?, ?)`,
  );
  const conversations = new Conversations(db);
  const renumbering = new Renumbering();
  /** The old ids of the messages moved to `everyone`. */
  const toEveryone: number[] = [];
  let entries = 0;
  let last = 0;

  function add(
    { sender, name, text, time }: Message,
    id: number,
    { room, seq, previous }: { readonly room: number; readonly seq: number; readonly previous: number },
    flags: number,
    origin: string | null,
  ): void {
    insert.run(id, room, seq, previous, flags, sender, name, text, time, origin);
    entries++;
  }

  function moveToEveryone(message: Message): void {
    // The sender's own cursor does not count.
    const furthestBehind = message.sender === first?.[0] ? second : first;
    if (message.id <= (furthestBehind?.[1] ?? end)) return;
    const id = renumbering.last(message.id);
    toEveryone.push(message.id);
    add(message, id, { room: EVERYONE, seq: toEveryone.length, previous: last }, COUNTS, null);
    conversations.addPlace(EVERYONE, id, message.sender, COUNTS);
    last = id;
  }

  function moveToConversation(message: Message, waiting: readonly number[], id: number, origin: string | null): void {
    const { sender } = message;
    const members = [...new Set([...waiting, sender])].sort((a, b) => a - b);
    const flags = waiting.includes(sender) ? COUNTS | TO_SENDER : COUNTS;
    add(message, id, conversations.add(members, id, sender, flags), flags, origin);
  }

  function move(message: Message): void {
    const { id, sender, wide, crowd } = message;
    if (wide === 1 && crowd === null) {
      moveToEveryone(message);
      return;
    }
    const rows = crowd === null ? named.all(id) : [];
    const accounts = crowd === null ? rows.map(({ account }) => account) : unpack(crowd);
    const waiting = accounts.filter((account) => (cursors.get(account) ?? end) < id);
    if (waiting.length === 0) return;
    const origin = rows[0]?.origin ?? null;
    if (new Set(waiting).add(sender).size <= DIRECT_MOST) {
      moveToConversation(message, waiting, renumbering.last(id), origin);
      return;
    }
    renumbering.add(id, waiting.length);
    const start = renumbering.first(id);
    for (const [i, account] of waiting.entries()) moveToConversation(message, [account], start + i, origin);
  }

  for (let at = 0; ; ) {
    const messages = page.all(at);
    for (const message of messages) move(message);
    at = messages.at(-1)?.id ?? at;
    removeUpTo.run(at);
    if (messages.length < PAGE) break;
    progress(at / end);
  }
  conversations.flush();
  db.prepare('UPDATE room SET last = ?, seq = ? WHERE id = ?').run(last, toEveryone.length, EVERYONE);
  db.prepare('UPDATE log SET indexed = ?, rooms_indexed = ?, entries = ? WHERE id = 1').run(
    renumbering.last(end),
    conversations.last,
    entries,
  );
  moveCursors(db, renumbering, toEveryone);
  if (renumbering.changes) moveKeys(db, renumbering);
}

/** Turns each account's cursor into its default device, and marks what it was given of `everyone` as read. */
function moveCursors(db: DatabaseSync, renumbering: Renumbering, toEveryone: readonly number[]): void {
  const accounts = prepare<{ id: number; since: number; cursor: number; handed: number; seen: number }>(
    db,
    `SELECT id, since, cursor, max(cursor, handed) AS handed, seen FROM accounts WHERE id > ? ORDER BY id LIMIT ${PAGE}`,
  );
  const setSince = db.prepare('UPDATE accounts SET since = ? WHERE id = ?');
  const add = db.prepare("INSERT INTO cursor (account, device, id, handed, seen) VALUES (?, '', ?, ?, ?)");
  const mark = db.prepare('INSERT INTO marker (account, room, seq) VALUES (?, ?, ?)');
  for (let at = 0; ; ) {
    const page = accounts.all(at);
    for (const { id, since, cursor, handed, seen } of page) {
      if (renumbering.changes) setSince.run(renumbering.last(since), id);
      add.run(id, renumbering.last(cursor), renumbering.last(handed), seen);
      const read = countUpTo(cursor, toEveryone);
      if (read > 0) mark.run(id, EVERYONE, read);
    }
    if (page.length < PAGE) break;
    at = page.at(-1)?.id ?? at;
  }
  db.exec('INSERT OR IGNORE INTO contact (account, other) SELECT account, other FROM contacts');
}

/** Points keys at the first entry of their message, last one first, so that ids stay unique on the way. */
function moveKeys(db: DatabaseSync, renumbering: Renumbering): void {
  const keys = prepare<{ id: number }>(db, `SELECT id FROM sent WHERE id < ? ORDER BY id DESC LIMIT ${PAGE}`);
  const move = db.prepare('UPDATE sent SET id = ? WHERE id = ?');
  for (let before = Number.MAX_SAFE_INTEGER; ; ) {
    const page = keys.all(before);
    for (const { id } of page) move.run(renumbering.first(id), id);
    if (page.length < PAGE) return;
    before = page.at(-1)?.id ?? before;
  }
}
