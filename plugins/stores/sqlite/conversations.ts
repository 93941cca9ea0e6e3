import type { DatabaseSync } from 'node:sqlite';
import { pack, unpack } from './account-set.ts';
import { prepare } from './rows.ts';

/** How many entries to gather before their rooms and index rows are sorted and written. */
const GATHERED = 100_000;

/** A conversation that messages are moved to. */
interface Conversation {
  readonly id: number;
  readonly members: readonly number[];
  last: number;
  seq: number;
  /** The members that have said something, with the number of their last entry. */
  readonly spoke: Map<number, number>;
}

/** The direct conversations that messages are moved to, and their index rows, which are written in large batches. */
export class Conversations {
  /** The last room id assigned. */
  last = 1;
  readonly #known = new Map<string, Conversation>();
  #places: (readonly [room: number, id: number, sender: number, flags: number])[] = [];
  readonly #statements;

  constructor(db: DatabaseSync) {
    this.#statements = {
      find: prepare<{ id: number; last: number; seq: number; spoke: Uint8Array }>(
        db,
        'SELECT id, last, seq, spoke FROM direct CROSS JOIN room ON id = direct.room WHERE direct.members = ?',
      ),
      room: db.prepare('INSERT OR REPLACE INTO room (id, members, spoke, last, seq) VALUES (?, ?, ?, ?, ?)'),
      direct: db.prepare('INSERT OR IGNORE INTO direct (members, room) VALUES (?, ?)'),
      member: db.prepare(
        'INSERT OR IGNORE INTO member (account, room, since) SELECT id, ?, 0 FROM accounts WHERE id = ?',
      ),
      contact: db.prepare('INSERT OR IGNORE INTO contact (account, other) VALUES (?, ?)'),
      marker: db.prepare(
        'INSERT OR REPLACE INTO marker (account, room, seq) SELECT id, ?, ? FROM accounts WHERE id = ?',
      ),
      place: db.prepare('INSERT INTO place (room, id, sender, flags) VALUES (?, ?, ?, ?)'),
    };
  }

  /** Adds an entry to a conversation. @param members ascending @returns the entry's place */
  add(members: readonly number[], id: number, sender: number, flags: number) {
    const key = members.join();
    const conversation = this.#known.get(key) ?? this.#find(key, members);
    const previous = conversation.last;
    conversation.last = id;
    conversation.spoke.set(sender, ++conversation.seq);
    this.addPlace(conversation.id, id, sender, flags);
    return { room: conversation.id, seq: conversation.seq, previous };
  }

  addPlace(room: number, id: number, sender: number, flags: number): void {
    this.#places.push([room, id, sender, flags]);
    if (this.#places.length >= GATHERED) this.flush();
  }

  /** Writes what was gathered. */
  flush(): void {
    const { room, direct, member, contact, marker, place } = this.#statements;
    const conversations = [...this.#known.values()];
    this.#known.clear();
    const packed = conversations.map((one) => [pack(one.members), one.id] as const);
    for (const one of packed.sort(([a], [b]) => Buffer.compare(a, b))) direct.run(...one);
    for (const { id, members, spoke, last, seq } of conversations.sort((a, b) => a.id - b.id)) {
      room.run(id, pack(members), pack(members.filter((account) => spoke.has(account))), last, seq);
    }
    const pairs = conversations.flatMap(({ id, members }) => members.map((account) => [id, account] as const));
    for (const pair of pairs.sort(([room, account], [room2, account2]) => account - account2 || room - room2)) {
      member.run(...pair);
    }
    for (const { id, members, spoke } of conversations) {
      for (const [sender, seq] of spoke) {
        if (sender === 0 || seq === 0) continue;
        marker.run(id, seq, sender);
        for (const other of members) if (other !== sender) contact.run(sender, other);
      }
    }
    const places = this.#places.sort(([a, b], [c, d]) => a - c || b - d);
    this.#places = [];
    for (const one of places) place.run(...one);
  }

  #find(key: string, members: readonly number[]): Conversation {
    const row = this.#statements.find.get(pack(members));
    const conversation: Conversation =
      row === undefined
        ? { id: ++this.last, members, last: 0, seq: 0, spoke: new Map() }
        : { ...row, members, spoke: new Map(unpack(row.spoke).map((account) => [account, 0])) };
    this.#known.set(key, conversation);
    return conversation;
  }
}
