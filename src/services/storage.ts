import type { StandardSchemaV1 } from '@standard-schema/spec';
import { token } from './service.ts';

/** Durable data of plugins, in collections of JSON values. Every store provides it. */
export interface Storage {
  /**
   * Opens a collection. Open it in `setup`, so that `chatserv check` finds two plugins that use one name.
   * @param name lower-case words with hyphens, unique among all plugins
   * @param schema any Standard Schema, which must accept its own output. When the form of the values changes, let it
   * accept the old form too: `z.union([note, z.string().transform((text) => ({ text }))])`
   * @throws when another plugin has opened the collection, or the name is invalid
   */
  open<Schema extends StandardSchemaV1>(
    name: string,
    schema: Schema,
  ): Collection<StandardSchemaV1.InferOutput<Schema>, StandardSchemaV1.InferInput<Schema>>;
}

/**
 * Values of one plugin, each under a key of 1 to 512 characters (UTF-16 units; no NUL, no lone surrogate).
 * A write is durable when its promise resolves; writes to one key take effect in the order of the calls.
 */
export interface Collection<Value, Input = Value> {
  /**
   * @returns undefined where there is no value, and for an invalid key
   * @throws when the value does not match the schema
   */
  get(key: string): Promise<Value | undefined>;
  /** @throws when the value does not match the schema, is not JSON or takes more than 1 MiB */
  set(key: string, value: Input): Promise<void>;
  /** Deletes a value, if there is one. */
  delete(key: string): Promise<void>;
  /**
   * Replaces a value with the result of `change`, atomically.
   * @param change takes `undefined` where there is no value; returning `undefined` deletes it. Called again when
   * another process has written the key meanwhile
   * @returns the new value
   * @throws what `change` throws, and as `get` and `set` do; the value is unchanged then
   */
  update(key: string, change: (value: Value | undefined) => Input | undefined): Promise<Value | undefined>;
  /** A page of the values, in the order of the code points of their keys. @throws as `get` does */
  list(range?: ListRange): Promise<Stored<Value>[]>;
  /**
   * Calls back with each key that another server of the chat has written or deleted, at once, so that what is in memory is
   * read again. Never called unless a plugin connects the servers, as `nats` does, nor about this server's own writes.
   * @param changed its key is undefined where any value may have changed: the servers could not reach each other for a
   * while. Its errors count as the plugin's
   * @returns a function that stops that, as the end of the plugin does
   */
  watch(changed: (key: string | undefined) => void | Promise<void>): () => void;
}

/** The part of a collection to list. */
export interface ListRange {
  /** Only keys with this prefix. */
  readonly prefix?: string;
  /** Only keys after this one: the last key of the page before. */
  readonly after?: string | undefined;
  /** The most values; 100 by default. A page with fewer is the last. */
  readonly limit?: number;
}

/** A value with its key. */
export interface Stored<Value> {
  readonly key: string;
  readonly value: Value;
}

/** A key with its text. */
export type StoredText = readonly [key: string, text: string];

/**
 * The part of `Storage` that a store implements: texts under keys, ordered by code point, as by SQLite's BINARY and
 * PostgreSQL's "C" collation, and by `byCodePoint`. Keys have up to 600 UTF-16 units and no NUL.
 */
export interface TextStore {
  read(key: string): Promise<string | undefined>;
  /** Sets a text or, without one, deletes it. Durable when it resolves; later reads return the new text. */
  write(key: string, text: string | undefined): Promise<void>;
  /** Writes as `write` does if the present text is `old`, atomically. @returns whether it was */
  replace(key: string, old: string | undefined, text: string | undefined): Promise<boolean>;
  /**
   * Up to `limit` (at most 500) texts with keys from `start` (itself included if `inclusive`) to before `end`. A store
   * may return fewer to bound the request, but at least one if there is one.
   */
  list(start: string, inclusive: boolean, end: string, limit: number): Promise<readonly StoredText[]>;
}

export const Storage = token<Storage>('storage');
