import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Destination, Entry, NewEntry, StoredAccount } from '../../../index.ts';
import { EVERYONE, LogFixture, message, type OpenLog } from './fixture.ts';

/** A membership of a room. */
interface Span {
  readonly account: number;
  readonly since: number;
  until: number;
}

/** A model of the log as its contract describes it, written for clarity and not for speed. */
class Model {
  readonly #entries: Entry[] = [];
  readonly #since = new Map<number, number>();
  readonly #cursors = new Map<string, number>();
  readonly #spans = new Map<number, Span[]>();

  create(account: number, end: number): void {
    this.#since.set(account, end);
    this.#cursors.set(`${account} `, end);
  }

  /** Adds what the store has appended. @throws when it is numbered wrongly */
  append(entries: readonly Entry[], of: readonly NewEntry[], end: number): void {
    for (const [i, entry] of entries.entries()) {
      const { to, origin, ...written } = of[i] as NewEntry;
      const before = this.#entries.filter(({ room }) => room === entry.room);
      const counted = before.filter(({ counts }) => counts).length;
      const direct = 'direct' in to;
      const room = direct ? this.#roomOf([...to.direct]) : to.room;
      expect(entry).toMatchObject({ ...written, ...(room !== undefined && { room }) });
      expect(entry.id).toBe(end + 1 + i);
      if (room === undefined) expect(before).toEqual([]);
      // The model sees only a part of rooms that others use too.
      if (before.length > 0) expect(entry.previous).toBeGreaterThanOrEqual(before.at(-1)?.id ?? 0);
      if (direct)
        expect(entry).toMatchObject({ seq: entry.counts ? counted + 1 : 0, previous: before.at(-1)?.id ?? 0 });
      this.#entries.push(entry);
    }
  }

  #roomOf(accounts: number[]): number | undefined {
    const members = [...new Set(accounts)].toSorted((a, b) => a - b).join();
    return this.#entries.find((entry) => entry.members?.join() === members)?.room;
  }

  join(room: number, account: number, id: number): void {
    const spans = this.#spans.get(room) ?? [];
    this.#spans.set(room, [...spans, { account, since: id, until: Number.POSITIVE_INFINITY }]);
  }

  leave(room: number, account: number, id: number, forget: boolean): void {
    const spans = this.#spans.get(room) ?? [];
    for (const span of spans) if (span.account === account && span.until > id) span.until = id;
    if (forget)
      this.#spans.set(
        room,
        spans.filter((span) => span.account !== account),
      );
  }

  isMember(room: number, account: number): boolean {
    return (this.#spans.get(room) ?? []).some((span) => span.account === account && span.until > 1e15);
  }

  /** The entries for an account; its own only if addressed to it, because the others may be trimmed. */
  read(account: number, after: number, upTo: number): Entry[] {
    return this.#entries.filter(
      (entry) =>
        entry.id > Math.max(after, this.#since.get(account) ?? 0) &&
        entry.id <= upTo &&
        this.#isFor(entry, account) &&
        isAddressed(entry, account),
    );
  }

  #isFor({ id, room, members }: Entry, account: number): boolean {
    if (room === EVERYONE_ID) return true;
    if (members !== undefined) return members.includes(account);
    return (this.#spans.get(room) ?? []).some((span) => span.account === account && span.since < id && id < span.until);
  }

  furthest(account: number): number {
    const own = [...this.#cursors].filter(([key]) => key.startsWith(`${account} `));
    return Math.max(...own.map(([, id]) => id));
  }

  /** Entries that all devices have may be trimmed. */
  slowest(account: number): number {
    const own = [...this.#cursors].filter(([key]) => key.startsWith(`${account} `));
    return Math.min(...own.map(([, id]) => id));
  }

  enter(account: number, device: string): void {
    const key = `${account} ${device}`;
    if (!this.#cursors.has(key)) this.#cursors.set(key, this.furthest(account));
  }

  cursor(account: number, device: string): number | undefined {
    return this.#cursors.get(`${account} ${device}`);
  }

  move(account: number, device: string, id: number): void {
    const now = this.cursor(account, device);
    if (now !== undefined) this.#cursors.set(`${account} ${device}`, Math.max(now, id));
  }
}

const EVERYONE_ID = 1;

function isAddressed({ sender, toSender }: Entry, account: number): boolean {
  return sender !== account || toSender;
}

/** Compares a store's log with the model over random operations. */
export function modelContract(name: string, open: OpenLog): void {
  describe(`${name}: the log and its model`, () => {
    const fixture = new LogFixture(open);

    test('agree after any sequence of operations', { timeout: 120_000 }, async () => {
      const rooms = [await fixture.room(), await fixture.room()];
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
          await agree(fixture, rooms, steps);
        }),
        { numRuns: 60 },
      );
    });
  });
}

async function agree(fixture: LogFixture, rooms: readonly number[], steps: readonly Step[]): Promise<void> {
  const { log } = fixture;
  const model = new Model();
  const people: StoredAccount[] = [];
  const at = (i: number) => people[i % people.length] as StoredAccount;
  const roomAt = (i: number) => rooms[i % rooms.length] as number;
  const create = async () => {
    const account = await fixture.create();
    model.create(account.id, await log.head());
    people.push(account);
    // The default device logs in, because the model does not know unused ones.
    await log.enter(account.id, '', 1, 16);
  };
  const destination = (to: Said['to']): Destination => {
    if (to === 'everyone') return EVERYONE;
    return typeof to === 'number' ? { room: roomAt(to) } : { direct: to.map((i) => at(i).id) };
  };
  await create();
  const base = await log.head();

  for (const step of steps) {
    const end = await log.head();
    if (step.do === 'create') await create();
    else if (step.do === 'append') {
      const appends = step.appends.map((entries) =>
        entries.map(({ sender, to, body, counts, toSender, time }) =>
          message(at(sender), destination(to), { body, counts, toSender, time }),
        ),
      );
      const appended = await Promise.all(appends.map((entries) => fixture.append(entries)));
      model.append(appended.flat(), appends.flat(), end);
    } else if (step.do === 'member') {
      const [room, { id }] = [roomAt(step.room), at(step.account)];
      const was = model.isMember(room, id);
      if (step.joins) await log.join(room, id, '', 1);
      else await log.leave(room, id, 1, step.forget);
      const changed = was !== step.joins;
      expect(await log.head()).toBe(end + (changed ? 1 : 0));
      const entry = changed ? await log.get(end + 1) : undefined;
      if (entry !== undefined) model.append([entry], [{ ...entry, to: { room } }], end);
      if (step.joins && changed) model.join(room, id, end + 1);
      if (!step.joins) model.leave(room, id, end + 1, step.forget);
    } else if (step.do === 'enter') {
      const { id } = at(step.account);
      await log.enter(id, step.device, 1, 16);
      model.enter(id, step.device);
    } else if (step.do === 'move') {
      const moves = step.moves.map(([i, device, to]) => ({
        account: at(i).id,
        device,
        id: base + to,
        handed: base + to,
      }));
      await log.moveCursors(moves, 1);
      for (const { account, device, id } of moves) model.move(account, device, id);
    } else if (step.do === 'trim') await fixture.trim();
    else {
      const { id } = at(step.account);
      const after = Math.max(base + step.after, model.slowest(id));
      const upTo = after + step.upTo;
      expect(await pages(fixture, id, after, upTo, step.limit)).toEqual(model.read(id, after, upTo));
    }
  }
  const end = await log.head();
  for (const { id } of people) {
    for (const device of await log.devices(id)) expect(device.id).toBe(model.cursor(id, device.name));
    const after = model.slowest(id);
    expect(await pages(fixture, id, after, end, 3)).toEqual(model.read(id, after, end));
  }
}

/** What a device gets that catches up: everything addressed to its account, a few entries at a time. */
async function pages({ log }: LogFixture, account: number, after: number, upTo: number, limit: number) {
  const found: Entry[] = [];
  for (let from = after; ; ) {
    const page = await log.read(account, from, upTo, limit);
    found.push(...page.filter((entry) => isAddressed(entry, account)));
    const last = page.at(-1);
    if (last === undefined) return found;
    expect(page.length).toBeLessThanOrEqual(limit);
    from = last.id;
  }
}

const person = fc.nat(6);
const device = fc.constantFrom('', 'phone', 'laptop');
const said = fc.record({
  sender: person,
  to: fc.oneof(fc.constant('everyone' as const), fc.nat(1), fc.array(person, { minLength: 1, maxLength: 4 })),
  body: fc.string({ unit: 'binary' }),
  counts: fc.boolean(),
  toSender: fc.boolean(),
  time: fc.nat(Number.MAX_SAFE_INTEGER),
});
type Said = typeof said extends fc.Arbitrary<infer T> ? T : never;
const append = fc.record({
  do: fc.constant('append' as const),
  appends: fc.array(fc.array(said, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
});
const step = fc.oneof(
  fc.record({ do: fc.constant('trim' as const) }),
  fc.record({ do: fc.constant('create' as const) }),
  append,
  append,
  fc.record({
    do: fc.constant('member' as const),
    room: fc.nat(1),
    account: person,
    joins: fc.boolean(),
    forget: fc.boolean(),
  }),
  fc.record({ do: fc.constant('enter' as const), account: person, device }),
  fc.record({
    do: fc.constant('move' as const),
    moves: fc.array(fc.tuple(person, device, fc.nat(40)), { maxLength: 4 }),
  }),
  fc.record({
    do: fc.constant('read' as const),
    account: person,
    after: fc.integer({ min: -3, max: 40 }),
    upTo: fc.nat(40),
    limit: fc.integer({ min: 1, max: 12 }),
  }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;
