import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { byCodePoint, type Collection } from '../../index.ts';
import type { Open, OpenStore } from './store.ts';

const COUNT = z.int();
const ANY = z.json();

/** The contract of `Storage`. */
export function storageContract(name: string, open: Open): void {
  describe(`${name}: storage`, () => {
    let store: OpenStore;
    let made = 0;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    /** An unused collection. */
    const fresh = <Schema extends z.ZodType>(schema: Schema) => store.storage.open(`collection-${++made}`, schema);

    test('a value is read as it was set, and replaced, and deleted', async () => {
      const values = fresh(ANY);
      expect(await values.get('a')).toBeUndefined();
      for (const value of [{ text: 'tab\t nul\0 \u{1F469}\ud800', list: [1.5, null, false, {}] }, '', 0, [], null]) {
        await values.set('a', value);
        expect(await values.get('a')).toEqual(value);
      }
      await values.set('b', 1);
      await values.delete('a');
      await values.delete('nothing');
      expect(await values.get('a')).toBeUndefined();
      expect(await values.get('b')).toBe(1);
    });

    test('collections are apart, also where one name begins with another', async () => {
      const [one, other] = [store.storage.open('notes', COUNT), store.storage.open('notes-old', COUNT)];
      await one.set('old/a', 1);
      await other.set('a', 2);
      await other.set('/', 3);
      expect(await one.list()).toEqual([{ key: 'old/a', value: 1 }]);
      expect((await other.list()).map(({ value }) => value)).toEqual([3, 2]);
      await one.delete('old/a');
      expect(await other.get('a')).toBe(2);
    });

    test('keys may be anything with 1 to 512 characters, and no others are taken', async () => {
      const values = fresh(COUNT);
      const keys = ['__proto__', '%', '_', "'", '\\', '\n', ' ', '\u{10ffff}'.repeat(256), '\ud7ff', '\ue000', '𝒳'];
      for (const [index, key] of keys.entries()) await values.set(key, index);
      for (const [index, key] of keys.entries()) expect(await values.get(key)).toBe(index);
      for (const key of ['', 'x'.repeat(513), 'a\0', 'a\ud800']) {
        await expect(values.set(key, 1)).rejects.toThrow(/A key of the collection 'collection-\d+' cannot be/);
        expect(await values.get(key)).toBeUndefined();
        await expect(values.update(key, () => 1)).rejects.toThrow('1 to 512 characters');
      }
      expect((await values.list()).map(({ key }) => key)).toEqual(keys.toSorted(byCodePoint));
    });

    test('values are checked when set, and what is not JSON or too large is refused', async () => {
      const counts = fresh(COUNT);
      await expect(counts.set('a', 'one' as never)).rejects.toThrow(
        /does not take the value of "a": .*expected number/,
      );
      const any = fresh(z.any());
      for (const [value, where] of [
        [{ when: [new Date()] }, 'its .when[0] is not JSON'],
        [new Map(), 'it is not JSON'],
        [Number.NaN, 'it is not JSON'],
        [() => {}, 'it is not JSON'],
      ] as const) {
        await expect(any.set('a', value)).rejects.toThrow(where);
      }
      await any.set('most', 'x'.repeat(2 ** 20 - 2));
      await expect(any.set('a', 'x'.repeat(2 ** 20 - 1))).rejects.toThrow(`more than ${2 ** 20}`);
      await expect(any.set('a', 'é'.repeat(2 ** 19))).rejects.toThrow('bytes as JSON');
      expect((await any.list()).map(({ key }) => key)).toEqual(['most']);
      expect(await any.get('most')).toHaveLength(2 ** 20 - 2);
    });

    test('a value that does not fit the schema is an error that names its key, unless the schema accepts the old form', async () => {
      const older = store.storage.open('forms', z.string());
      await older.set('a', 'tea');
      const form = z.strictObject({ text: z.string() });
      const strict = store.storage.open('forms', form);
      await expect(strict.get('a')).rejects.toThrow(/value of "a" in the collection 'forms' does not fit its schema/);
      await expect(strict.list()).rejects.toThrow('"a"');
      await expect(strict.update('a', () => ({ text: 'x' }))).rejects.toThrow('"a"');
      const both = store.storage.open('forms', z.union([form, z.string().transform((text) => ({ text }))]));
      expect(await both.get('a')).toEqual({ text: 'tea' });
      await both.update('a', (value) => value && { text: `${value.text}!` });
      expect(await strict.get('a')).toEqual({ text: 'tea!' });
    });

    test('defaults of the schema are stored', async () => {
      const values = fresh(z.object({ count: z.int().default(7) }));
      await values.set('a', {});
      expect(await values.get('a')).toEqual({ count: 7 });
      expect(await values.update('a', () => ({}))).toEqual({ count: 7 });
    });

    test('an update sees the value, sets or deletes it, and leaves it where it throws', async () => {
      const counts = fresh(COUNT);
      const add = () => counts.update('a', (count = 0) => count + 1);
      expect([await add(), await add()]).toEqual([1, 2]);
      const failing = counts.update('a', () => {
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      expect(await counts.get('a')).toBe(2);
      expect(await counts.update('a', () => undefined)).toBeUndefined();
      expect(await counts.update('a', (count) => count)).toBeUndefined();
      expect(await counts.get('a')).toBeUndefined();
    });

    test('concurrent updates lose nothing, through one opening or several', async () => {
      const name = `collection-${++made}`;
      const openings = [store.storage.open(name, COUNT), store.storage.open(name, COUNT)];
      const updates = Array.from({ length: 200 }, (_, i) =>
        (openings[i % 2] as Collection<number>).update(i % 3 === 0 ? 'a' : 'b', (count = 0) => count + 1),
      );
      await Promise.all(updates);
      expect(await openings[0]?.list()).toEqual([
        { key: 'a', value: 67 },
        { key: 'b', value: 133 },
      ]);
    });

    test('writes to one key take effect in the order of the calls', async () => {
      const values = fresh(z.string());
      const writes = [
        values.set('a', 'x'),
        values.update('a', (value) => `${value}y`),
        values.delete('a'),
        values.update('a', (value) => value ?? 'gone'),
        values.update('a', (value) => `${value}z`),
      ];
      await Promise.all(writes);
      expect(await values.get('a')).toBe('gonez');
    });

    test('a list has the current values, by prefix and page, after any sequence of changes', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(step, { maxLength: 30 }),
          fc.array(range, { maxLength: 5 }),
          async (steps, ranges) => {
            const values = fresh(COUNT);
            const model = new Map<string, number>();
            for (const [key, value] of steps) {
              if (value < 0) {
                await values.delete(key);
                model.delete(key);
              } else {
                await values.set(key, value);
                model.set(key, value);
              }
            }
            for (const { prefix, after, limit } of ranges) {
              const expected = [...model]
                .map(([key, value]) => ({ key, value }))
                .sort((a, b) => byCodePoint(a.key, b.key))
                .filter(({ key }) => key.startsWith(prefix) && (after === undefined || byCodePoint(key, after) > 0));
              expect(await values.list({ prefix, after, limit })).toEqual(expected.slice(0, limit));
            }
          },
        ),
        { numRuns: 50 },
      );
    });

    test('pages follow each other without a gap, also where values are large', async () => {
      const values = fresh(z.string());
      const keys = Array.from({ length: 30 }, (_, i) => `k${String(i).padStart(2, '0')}`);
      await Promise.all(keys.map((key, i) => values.set(key, 'x'.repeat(i % 3 === 0 ? 100_000 : 10))));
      expect((await values.list()).map(({ key }) => key)).toEqual(keys);
      const read: string[] = [];
      for (let page = await values.list({ limit: 7 }); page.length > 0; ) {
        read.push(...page.map(({ key }) => key));
        page = await values.list({ limit: 7, after: read.at(-1) });
      }
      expect(read).toEqual(keys);
      expect(await values.list({ limit: 0 })).toEqual([]);
      await expect(values.list({ prefix: '\ud800' })).rejects.toThrow('lone surrogate');
    });

    test.each(['', 'Notes', 'a/b', '-a', 'a-', '1a', 'a b'])("no collection is called '%s'", (name) => {
      expect(() => store.storage.open(name, COUNT)).toThrow('lower-case words with hyphens');
    });

    test('values are kept over a restart', async ({ skip }) => {
      const { reopen } = store;
      if (reopen === undefined) return skip('the store ends with the process');
      const values = fresh(COUNT);
      const name = `collection-${made}`;
      await values.set('a', 1);
      await values.set('b', 2);
      await values.delete('a');
      store = await reopen();
      expect(await store.storage.open(name, COUNT).list()).toEqual([{ key: 'b', value: 2 }]);
    });
  });
}

/** Few characters, so that keys collide; some of them sort differently by UTF-16 units and by code points. */
const key = fc.string({
  unit: fc.constantFrom('a', 'b', '/', 'é', '\ufffd', '😀', '\u{10ffff}'),
  minLength: 1,
  maxLength: 3,
});
/** A change of a key; a negative value deletes it. */
const step = fc.tuple(key, fc.integer({ min: -3, max: 9 }));
const range = fc.record({
  prefix: fc.oneof(fc.constant(''), key),
  after: fc.option(key, { nil: undefined }),
  limit: fc.nat(12),
});
