import type { DatabaseSync } from 'node:sqlite';
import type { Duplicate } from 'chatserv';
import { prepare } from './rows.ts';

/** A message's idempotency key: its sender, the key, the unknown names as JSON, and the time. */
export type KeyRow = readonly [sender: number, key: string, unknown: string, time: number];

/** A key that is not indexed yet, and the id of its message. */
export interface TailKey {
  readonly id: number;
  readonly sender: number;
  readonly key: string;
}

interface SentRow {
  readonly id: number;
  readonly unknown: string;
}

/**
 * Idempotency keys. They are stored in the order of ids; their index, `sent_key`, is built behind the appends. Until
 * then they are in the writing thread's memory.
 */
export class KeyTail {
  readonly #keys = new Map<string, TailKey>();
  readonly #statements;

  constructor(db: DatabaseSync) {
    this.#statements = {
      add: db.prepare('INSERT INTO sent (id, sender, key, unknown, time) VALUES (?, ?, ?, ?, ?)'),
      after: prepare<TailKey>(db, 'SELECT id, sender, key FROM sent WHERE id > ? ORDER BY id'),
      inTail: prepare<SentRow>(db, 'SELECT id, unknown FROM sent WHERE id = ? AND sender = ? AND key = ?'),
      indexed: prepare<SentRow>(
        db,
        'SELECT sent.id, unknown FROM sent_key CROSS JOIN sent USING (id) WHERE sent_key.sender = ? AND sent_key.key = ?',
      ),
      beyond: prepare<SentRow>(db, 'SELECT id, unknown FROM sent WHERE id > ? AND sender = ? AND key = ?'),
    };
  }

  /** Stores the key of a message. */
  add(id: number, row: KeyRow): void {
    this.#statements.add.run(id, ...row);
    this.#remember({ id, sender: row[0], key: row[1] });
  }

  /**
   * The message that the sender sent under this key.
   * @param known the last id whose key is in memory or indexed; later ones are looked through one by one
   */
  find(sender: number, key: string, known: number): Duplicate | undefined {
    const { inTail, indexed, beyond } = this.#statements;
    const tail = this.#keys.get(mapKey(sender, key));
    const row =
      // Its transaction may have been rolled back.
      (tail && inTail.get(tail.id, sender, key)) ?? indexed.get(sender, key) ?? beyond.get(known, sender, key);
    return row && { duplicateOf: row.id, unknown: JSON.parse(row.unknown) as string[] };
  }

  /** All keys, by id. */
  all(): TailKey[] {
    return [...this.#keys.values()];
  }

  /** Reads the keys past the watermark again. @param kept the last id up to which those in memory are right */
  reload(indexed: number, kept: number): void {
    for (const [key, { id }] of this.#keys) if (id <= indexed || id > kept) this.#keys.delete(key);
    for (const row of this.#statements.after.iterate(kept)) this.#remember(row);
  }

  /** Drops keys up to this id, which are indexed now. */
  shrink(indexed: number): void {
    for (const [key, { id }] of this.#keys) {
      if (id > indexed) return;
      this.#keys.delete(key);
    }
  }

  #remember(row: TailKey): void {
    this.#keys.set(mapKey(row.sender, row.key), row);
  }
}

function mapKey(sender: number, key: string): string {
  return `${sender} ${key}`;
}
