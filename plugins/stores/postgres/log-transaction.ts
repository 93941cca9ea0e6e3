import type { Duplicate, Entry, NewEntry, SendKey } from 'chatserv';
import type { Queryable } from './database.ts';
import { idsIn, listOf, membersIn } from './entry-rows.ts';
import {
  type AddedEntry,
  type AddedKey,
  blank,
  type ContactRow,
  insertContacts,
  insertEntries,
  insertKeys,
  insertMentions,
  insertRooms,
  MENTIONS_ALL,
  type MentionRow,
  type OpenRoom,
  updateRooms,
} from './log-rows.ts';

/** What a batch of appends needs to know beforehand. */
export interface Needs {
  readonly rooms: readonly number[];
  readonly conversations: readonly (readonly number[])[];
  readonly keys: readonly SendKey[];
  readonly changed: readonly number[];
}

interface RoomRow {
  readonly id: number;
  readonly kind: string;
  readonly name: string;
  readonly members: string | null;
  readonly spoke: string;
  readonly last: number;
  readonly seq: number;
}

const ROOM = 'id, kind, name, members, spoke, last, seq';

/**
 * A transaction that writes to the log. It holds the lock of the log's row, so no other process assigns ids until it is
 * committed: ids become visible in their order. What is added is written by `flush`, in few statements.
 */
export class LogTransaction {
  readonly transaction: Queryable;
  /** The last ids assigned to an entry and a room. */
  head: number;
  lastRoom: number;
  readonly #rooms = new Map<number, OpenRoom>();
  readonly #byMembers = new Map<string, OpenRoom>();
  readonly #duplicates = new Map<string, Duplicate>();
  readonly #redacted = new Set<number>();
  readonly #touched = new Set<OpenRoom>();
  readonly #entries: AddedEntry[] = [];
  readonly #mentions: MentionRow[] = [];
  readonly #sent: AddedKey[] = [];
  readonly #blanked: number[] = [];
  readonly #contacts: ContactRow[] = [];

  private constructor(transaction: Queryable, head: number, lastRoom: number) {
    this.transaction = transaction;
    this.head = head;
    this.lastRoom = lastRoom;
  }

  /** Takes the log's lock, and so waits for whoever has it. */
  static async begin(transaction: Queryable): Promise<LogTransaction> {
    const [log] = await transaction.query<{ head: number; room: number }>('SELECT head, room FROM log FOR UPDATE');
    return new LogTransaction(transaction, log?.head ?? 0, log?.room ?? 0);
  }

  /** Loads what appends need. */
  async load({ rooms, conversations, keys, changed }: Needs): Promise<void> {
    const { transaction } = this;
    const unknown = rooms.filter((id) => !this.#rooms.has(id));
    const sets = conversations.filter((members) => !this.#byMembers.has(members.join()));
    if (unknown.length > 0 || sets.length > 0) {
      const rows = await transaction.query<RoomRow>(
        `SELECT ${ROOM} FROM room WHERE id = ANY ($1::bigint[]) AND kind <> 'removed'
         UNION ALL SELECT ${ROOM} FROM unnest($2::text[]) AS wanted JOIN room ON members = wanted::bigint[]`,
        [unknown, [...new Set(sets.map(listOf))]],
      );
      for (const row of rows) if (!this.#rooms.has(row.id)) this.#remember(openRoom(row));
    }
    if (keys.length > 0) {
      const rows = await transaction.query<{ sender: number; key: string; id: number; unknown: string }>(
        `SELECT sent.* FROM unnest($1::bigint[], $2::text[]) AS wanted (sender, key) JOIN sent USING (sender, key)`,
        [keys.map(({ sender }) => sender), keys.map(({ key }) => key)],
      );
      for (const { sender, key, id, unknown } of rows) {
        this.#duplicates.set(keyOf(sender, key), { duplicateOf: id, unknown: JSON.parse(unknown) as string[] });
      }
    }
    if (changed.length > 0) {
      const rows = await transaction.query<{ id: number }>(
        'SELECT id FROM entry WHERE id = ANY ($1::bigint[]) AND redacted',
        [changed],
      );
      for (const { id } of rows) this.#redacted.add(id);
    }
  }

  /** A loaded room. */
  room(id: number): OpenRoom | undefined {
    return this.#rooms.get(id);
  }

  /** A loaded conversation, or a new one. @param members ascending */
  conversation(members: readonly number[]): OpenRoom {
    const known = this.#byMembers.get(members.join());
    if (known !== undefined) return known;
    const id = ++this.lastRoom;
    const shared = membersIn(listOf(members));
    return this.#remember({ id, name: undefined, members: shared, last: 0, seq: 0, spoke: new Set(), isNew: true });
  }

  /** The message that was sent under a key, if its key was loaded or added. */
  duplicateOf({ sender, key }: SendKey): Duplicate | undefined {
    return this.#duplicates.get(keyOf(sender, key));
  }

  addKey(key: SendKey, id: number): void {
    this.#duplicates.set(keyOf(key.sender, key.key), { duplicateOf: id, unknown: [...key.unknown] });
    this.#sent.push({ key, id });
  }

  /** Whether an entry was redacted, if it was loaded or redacted in this transaction. */
  isRedacted(id: number): boolean {
    return this.#redacted.has(id);
  }

  /** Numbers an entry and adds it to a room. */
  add(room: OpenRoom, { to, origin, mentions, ...written }: NewEntry): Entry {
    const { kind, version, counts, sender, from, device, toSender, body, of, reply, mentionsAll, time } = written;
    const id = ++this.head;
    const entry: Entry = {
      id,
      room: room.id,
      members: room.members,
      roomName: room.name,
      kind,
      version,
      counts,
      sender,
      from,
      device,
      toSender,
      body,
      of,
      reply,
      mentionsAll: mentionsAll || undefined,
      time,
      seq: counts ? ++room.seq : 0,
      previous: room.last,
      redacted: undefined,
    };
    room.last = id;
    this.#touched.add(room);
    this.#entries.push({ entry, origin });
    if (counts) {
      const accounts = new Set(mentionsAll ? [MENTIONS_ALL, ...(mentions ?? [])] : mentions);
      for (const account of accounts) this.#mentions.push([account, room.id, entry.seq, id]);
    }
    if (kind === 'redaction' && of !== undefined) {
      this.#redacted.add(of);
      this.#blanked.push(of);
    }
    this.#noteSpeaker(room, sender);
    return entry;
  }

  #noteSpeaker({ members, spoke }: OpenRoom, sender: number): void {
    if (members === undefined || spoke.has(sender) || !members.includes(sender)) return;
    spoke.add(sender);
    if (sender === 0) return;
    for (const other of members) if (other !== sender) this.#contacts.push([sender, other]);
  }

  /** Writes what was added so far. */
  async flush(): Promise<void> {
    const { transaction } = this;
    const rooms = [...this.#touched];
    this.#touched.clear();
    await insertRooms(
      transaction,
      rooms.filter(({ isNew }) => isNew),
    );
    await updateRooms(
      transaction,
      rooms.filter(({ isNew }) => !isNew),
    );
    for (const room of rooms) room.isNew = false;
    await insertEntries(transaction, this.#entries.splice(0));
    await insertMentions(transaction, this.#mentions.splice(0));
    await insertKeys(transaction, this.#sent.splice(0));
    // After the entries: what is redacted may be among them.
    await blank(transaction, this.#blanked.splice(0));
    await insertContacts(transaction, this.#contacts.splice(0));
  }

  /** Forgets loaded rooms: call it after a statement that has changed some, and `flush` before. */
  forgetRooms(): void {
    this.#rooms.clear();
    this.#byMembers.clear();
  }

  /** Writes the last ids, and the number of the process's batch. */
  async finish(epoch: string, batch: number): Promise<void> {
    await this.flush();
    await this.transaction.query(
      `WITH log AS (UPDATE log SET head = $1, room = $2)
       INSERT INTO writer (epoch, batch) VALUES ($3, $4)
       ON CONFLICT (epoch) DO UPDATE SET batch = excluded.batch, seen = now()`,
      [this.head, this.lastRoom, epoch, batch],
    );
  }

  #remember(room: OpenRoom): OpenRoom {
    this.#rooms.set(room.id, room);
    if (room.members !== undefined) this.#byMembers.set(room.members.join(), room);
    return room;
  }
}

function openRoom({ id, kind, name, members, spoke, last, seq }: RoomRow): OpenRoom {
  return {
    id,
    name: kind === 'room' ? name : undefined,
    members: members === null ? undefined : membersIn(members),
    last,
    seq,
    spoke: new Set(idsIn(spoke)),
    isNew: false,
  };
}

function keyOf(sender: number, key: string): string {
  return `${sender} ${key}`;
}
