import fc from 'fast-check';
import { expect } from 'vitest';
import type { Entry, NewEntry, StoredAccount } from '../../index.ts';
import { appendNew, type OpenStore } from './store.ts';

/** Ids that no account has: they make an audience a large one. */
export const STRANGERS = Array.from({ length: 100 }, (_, i) => 1e12 + i * 1000);

/** The log as its contract describes it, with no thought for speed. */
class Model {
  readonly #said: (NewEntry & { readonly id: number })[] = [];
  readonly #since = new Map<number, number>();
  readonly #cursors = new Map<number, number>();

  join(account: number, end: number): void {
    this.#since.set(account, end);
    this.#cursors.set(account, end);
  }

  append(id: number, entry: NewEntry): void {
    this.#said.push({ id, ...entry });
  }

  read(account: number, after: number, limit: number): Entry[] {
    return this.#said
      .filter(({ id }) => id > after && id > (this.#since.get(account) ?? 0))
      .filter(({ audience, sender }) => (audience === 'everyone' ? sender !== account : audience.includes(account)))
      .slice(0, limit)
      .map(({ audience, ...entry }) => ({ ...entry, everyone: audience === 'everyone' }));
  }

  cursor(account: number): number {
    return this.#cursors.get(account) ?? 0;
  }

  moveCursors(moves: readonly (readonly [account: number, id: number, handed: number])[]): void {
    for (const [account, to] of moves) this.#cursors.set(account, Math.max(this.cursor(account), to));
  }
}

/**
 * Holds a store's log against the model, whatever is said to whom and read from where.
 * @param create makes an account in the store
 * @param trim trims the log until nothing is left to trim
 */
export async function isAsModelled(
  store: OpenStore,
  create: () => Promise<StoredAccount>,
  trim: () => Promise<void>,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 25 }), async (steps) => {
      const model = new Model();
      const people: StoredAccount[] = [];
      const at = (i: number) => people[i % people.length] as StoredAccount;
      const join = async () => {
        const account = await create();
        model.join(account.id, (await store.log.cursor(account.id)).id);
        people.push(account);
      };
      await join();
      const { id: base } = await store.log.cursor(at(0).id);

      for (const step of steps) {
        if (step.do === 'join') await join();
        else if (step.do === 'append') {
          const entries = step.entries.map((said): NewEntry => {
            const { id, name } = at(said.sender);
            const audience = said.to === 'everyone' ? said.to : said.to.map((i) => at(i).id).concat(said.strangers);
            return { sender: id, from: name, audience, text: said.text, time: said.time };
          });
          const given = await Promise.all(entries.map((entry) => appendNew(store, entry)));
          for (const [i, id] of given.entries()) model.append(id, entries[i] as NewEntry);
        } else if (step.do === 'move') {
          const moves = step.moves.map(([i, to]) => [at(i).id, base + to, base + to] as const);
          await store.log.moveCursors(moves);
          model.moveCursors(moves);
        } else if (step.do === 'trim') await trim();
        else {
          const { id } = at(step.account);
          // What lies behind the cursor may be forgotten.
          const after = Math.max(base + step.after, model.cursor(id));
          expect(await store.log.read(id, after, step.limit)).toEqual(model.read(id, after, step.limit));
        }
      }
      for (const { id } of people) {
        expect((await store.log.cursor(id)).id).toBe(model.cursor(id));
        expect(await inbox(store, id)).toEqual(model.read(id, model.cursor(id), Number.POSITIVE_INFINITY));
      }
    }),
    { numRuns: 60 },
  );
}

/** What offline-messages does at a login: everything past the cursor, a few at a time. */
async function inbox({ log }: OpenStore, account: number): Promise<Entry[]> {
  const found: Entry[] = [];
  let after = (await log.cursor(account)).id;
  for (let page = await log.read(account, after, 3); page.length > 0; page = await log.read(account, after, 3)) {
    found.push(...page);
    after = page.at(-1)?.id ?? 0;
  }
  return found;
}

const person = fc.nat(6);
const said = fc.record({
  sender: person,
  to: fc.oneof(fc.constant('everyone' as const), fc.array(person, { maxLength: 5 })),
  strangers: fc.oneof(fc.constant([]), fc.subarray(STRANGERS, { minLength: 25, maxLength: 40 })),
  text: fc.string({ unit: 'binary' }),
  time: fc.nat(Number.MAX_SAFE_INTEGER),
});
const step = fc.oneof(
  fc.record({ do: fc.constant('trim' as const) }),
  fc.record({ do: fc.constant('join' as const) }),
  fc.record({ do: fc.constant('append' as const), entries: fc.array(said, { minLength: 1, maxLength: 6 }) }),
  fc.record({ do: fc.constant('append' as const), entries: fc.array(said, { minLength: 1, maxLength: 6 }) }),
  fc.record({ do: fc.constant('move' as const), moves: fc.array(fc.tuple(person, fc.nat(40)), { maxLength: 4 }) }),
  fc.record({
    do: fc.constant('read' as const),
    account: person,
    after: fc.integer({ min: -3, max: 40 }),
    limit: fc.nat(12),
  }),
);
