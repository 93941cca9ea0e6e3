import { jetstream, StorageType } from '@nats-io/jetstream';
import { type KV, Kvm, type KvWatchEntry } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';

/** How long a request may take, and the wait before a bucket that cannot be used is tried again, in milliseconds. */
const [REQUEST_TIME, RETRY] = [2000, 1000];

/** How long a value stays that nobody sets again, and so do the marks of removed ones. In milliseconds. */
export const TTL = 3_600_000;

/** A value of a bucket. */
export interface Held {
  readonly value: string;
  readonly revision: number;
}

export interface ReplicaOptions {
  /** The name of the bucket, which is made if there is none. */
  readonly bucket: string;
  /** On how many NATS servers it is kept. */
  readonly replicas: number;
  /** This server, by a name that no other has. */
  readonly server: string;
  /** Whether the copy has a value: the memory of one that has all grows with the users of all servers. */
  copies(key: string, value: string): boolean;
  /** Calls back later. @returns cancels that */
  after(milliseconds: number, call: () => void): () => void;
  /** Called when the bucket cannot be used. */
  failed(error: Error): void;
}

/** A bucket of texts under keys in JetStream, with a copy of some in memory that follows it while it can be reached. */
export class Replica {
  /** The copy. */
  readonly entries = new Map<string, Held>();
  /** Called once the copy is complete, after each connection. `isLost`: what this server had set is gone. */
  ready: (isLost: boolean) => void = () => {};
  /** Called after a key was set or removed. */
  changed: (key: string, held: Held | undefined) => void = () => {};
  readonly #options: ReplicaOptions;
  #kv: KV | undefined;
  #connection: NatsConnection | undefined;
  #wasReady = false;
  /** Whether the owner knows that the bucket cannot be used. */
  #hasFailed = false;
  /** Calls of those who wait for the copy. */
  readonly #waiting: (() => void)[] = [];
  /** Counts the times that the bucket was opened: what an earlier one does has no effect. */
  #opening = 0;

  constructor(options: ReplicaOptions) {
    this.#options = options;
  }

  /** Whether the copy is complete and current. */
  get isReady(): boolean {
    return this.#kv !== undefined;
  }

  /** Follows the bucket over a connection, in place of an earlier one. */
  open(connection: NatsConnection): void {
    this.close();
    this.#connection = connection;
    void this.#follow(connection, this.#opening);
  }

  /** The connection is down: the copy stays as it is. */
  close(): void {
    this.#opening++;
    this.#kv = undefined;
    this.#connection = undefined;
  }

  /**
   * Sets a key that is not there. Waits a little for a connection, such as after a start.
   * @returns its revision; undefined if it is there
   * @throws when that fails
   */
  async create(key: string, value: string): Promise<number | undefined> {
    if (!this.isReady) await this.#soon();
    return this.#attempt((kv) => kv.create(key, value));
  }

  /** Sets a key if it has this revision. @returns as `create` */
  replace(key: string, value: string, revision: number): Promise<number | undefined> {
    return this.#attempt((kv) => kv.update(key, value, revision));
  }

  /** Sets a key. @throws when that fails */
  async put(key: string, value: string): Promise<void> {
    await this.#using((kv) => kv.put(key, value));
  }

  /** @throws when it cannot be read */
  async get(key: string): Promise<Held | undefined> {
    const entry = await this.#using((kv) => kv.get(key));
    return entry === null || entry.operation !== 'PUT' ? undefined : heldOf(entry);
  }

  /** Removes a key, if it has this revision. @throws when that fails */
  async remove(key: string, revision?: number): Promise<void> {
    await this.#attempt((kv) =>
      kv.purge(key, revision === undefined ? {} : { previousSeq: revision }).then(() => revision ?? 0),
    );
  }

  /** Resolves when the copy is complete, or it takes too long. */
  #soon(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#options.after(REQUEST_TIME, resolve);
      this.#waiting.push(() => {
        cancel();
        resolve();
      });
    });
  }

  async #using<T>(request: (kv: KV) => Promise<T>): Promise<T> {
    if (this.#kv === undefined) throw new Error('NATS cannot be reached');
    return request(this.#kv);
  }

  /** Makes a request that another revision makes void. */
  async #attempt(request: (kv: KV) => Promise<number>): Promise<number | undefined> {
    try {
      return await this.#using(request);
    } catch (error) {
      if (isConflict(error)) return undefined;
      throw error;
    }
  }

  async #follow(connection: NatsConnection, opening: number): Promise<void> {
    try {
      const { bucket, replicas, server } = this.#options;
      const manager = new Kvm(jetstream(connection, { timeout: REQUEST_TIME }));
      const kv = await manager.create(bucket, { history: 1, storage: StorageType.Memory, replicas, ttl: TTL });
      const watch = await kv.watch();
      // All that is there comes before it.
      const [mark, word] = [`copied.${server}`, String(Math.random())];
      const isNew = (await kv.get(mark)) === null;
      await kv.put(mark, word);
      const known = new Set<string>();
      for await (const entry of watch) {
        if (opening !== this.#opening) return watch.stop();
        if (!this.isReady) known.add(entry.key);
        if (entry.key !== mark) this.#note(entry);
        else if (!this.isReady && entry.string() === word) {
          // Of a bucket that was lost, or keys that were removed meanwhile.
          for (const key of this.entries.keys()) if (!known.has(key)) this.#set(key, undefined);
          known.clear();
          this.#kv = kv;
          this.#hasFailed = false;
          for (const proceed of this.#waiting.splice(0)) proceed();
          this.ready(isNew && this.#wasReady);
          this.#wasReady = true;
        }
      }
    } catch (error) {
      if (opening === this.#opening && !this.#hasFailed) this.#options.failed(error as Error);
      this.#hasFailed = true;
    }
    if (opening !== this.#opening) return;
    this.#kv = undefined;
    this.#options.after(RETRY, () => {
      if (opening === this.#opening && this.#connection !== undefined) this.open(this.#connection);
    });
  }

  #note(entry: KvWatchEntry): void {
    this.#set(entry.key, entry.operation === 'PUT' ? heldOf(entry) : undefined);
  }

  #set(key: string, held: Held | undefined): void {
    if (held !== undefined && this.#options.copies(key, held.value)) this.entries.set(key, held);
    else this.entries.delete(key);
    this.changed(key, held);
  }
}

function heldOf(entry: { string(): string; readonly revision: number }): Held {
  return { value: entry.string(), revision: entry.revision };
}

/** Whether an error says that a key has another revision. */
function isConflict(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === 10071 || code === 10164;
}
