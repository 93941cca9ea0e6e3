import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LineClient, PASSWORD, startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Program } from '../../../test/support/json-program.ts';
import { plainMentions } from '../../../test/support/plain-mentions.ts';

const ROOMS = ['#one', '#two'] as const;

/** All have a program that stays online; the last one also a client of plain lines, to which what is delivered is read. */
const USERS = ['ann', 'bob', 'cyd', 'dan'] as const;
const PERSON = 'dan';

type Room = (typeof ROOMS)[number];
type User = (typeof USERS)[number];

/** `everyone`, a room, or the names of a conversation's members. */
type Place = string;

const pair = (one: User, other: User): Place => [...new Set([one, other])].sort().join();

/** All that was said, and how much of it each user has read: a plain count, without numbers or markers. */
class Model {
  readonly #said: { readonly id: number; readonly place: Place; readonly mentions: readonly string[] }[] = [];
  readonly #read = new Map<string, number>();
  readonly #members = new Map<Place, Set<User>>(ROOMS.map((room) => [room, new Set()]));
  personIsOnline = true;

  isIn(user: User, place: Place): boolean {
    return place === 'everyone' || (this.#members.get(place)?.has(user) ?? place.split(',').includes(user));
  }

  in(place: Place) {
    return this.#said.filter((said) => said.place === place);
  }

  says(user: User, place: Place, id: number, mentions: readonly string[]): void {
    this.#said.push({ id, place, mentions });
    this.reads(user, place);
    if (this.personIsOnline && this.isIn(PERSON, place)) this.reads(PERSON, place);
  }

  reads(user: User, place: Place, id = Number.POSITIVE_INFINITY): void {
    const key = `${user} ${place}`;
    const read = this.in(place).filter((said) => said.id <= id).length;
    this.#read.set(key, Math.max(read, this.#read.get(key) ?? 0));
  }

  joins(user: User, room: Room): void {
    if (!this.isIn(user, room)) this.reads(user, room);
    this.#members.get(room)?.add(user);
  }

  leaves(user: User, room: Room): void {
    this.#members.get(room)?.delete(user);
  }

  personComes(): void {
    this.personIsOnline = true;
    for (const place of this.placesOf(PERSON)) this.reads(PERSON, place);
  }

  placesOf(user: User): Place[] {
    return [...new Set(this.#said.map(({ place }) => place))].filter((place) => this.isIn(user, place));
  }

  /** The unread messages of a user and those that mention the user, by place. */
  unread(user: User): Record<Place, readonly [unread: number, mentions: number]> {
    const found: Record<Place, readonly [number, number]> = {};
    for (const place of this.placesOf(user)) {
      const unread = this.in(place).slice(this.#read.get(`${user} ${place}`) ?? 0);
      const mentions = unread.filter(({ mentions }) => mentions.includes(user) || mentions.includes('everyone'));
      if (unread.length > 0) found[place] = [unread.length, mentions.length];
    }
    return found;
  }
}

const user = fc.constantFrom(...USERS);
const room = fc.constantFrom(...ROOMS);
const place = fc.oneof(fc.constant('everyone' as const), room, fc.record({ with: user }));
const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      user,
      place,
      mentions: fc.option(fc.constantFrom(...USERS, 'everyone'), { nil: undefined }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('read' as const),
      user,
      place,
      upTo: fc.option(fc.nat(20), { nil: undefined }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), user, room }) },
  fc.record({ do: fc.constant('reconnect' as const), user }),
  fc.record({ do: fc.constantFrom('person' as const, 'wait' as const, 'check' as const, 'restart' as const) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A server with its users, whose answers are compared with the model. */
class Town {
  readonly #model = new Model();
  readonly #programs = new Map<User, Program>();
  readonly #plugins: TestPlugins;
  readonly #restarts: boolean;
  #server: TestServer;
  #person: LineClient | undefined;
  /** The furthest number that was seen of each marker. */
  readonly #markers = new Map<string, number>();

  /** @param restarts whether its store outlives the server */
  static async open(plugins: TestPlugins, restarts: boolean): Promise<Town> {
    const rooms = { declared: Object.fromEntries(ROOMS.map((room) => [room, {}])), quietAbove: 0 };
    const all = { 'single-session': false, timeouts: false, rooms, plainMentions, ...plugins };
    const town = new Town(all, restarts, await startServer(all));
    await town.#server.registers(...USERS);
    await town.#comeAll();
    for (const room of ROOMS) await town.run({ do: 'join', user: 'ann', room });
    return town;
  }

  private constructor(plugins: TestPlugins, restarts: boolean, server: TestServer) {
    this.#plugins = plugins;
    this.#restarts = restarts;
    this.#server = server;
  }

  close(): Promise<void> {
    return this.#server[Symbol.asyncDispose]();
  }

  async run(step: Step): Promise<void> {
    const model = this.#model;
    if (step.do === 'say') {
      const place = placeOf(step);
      if (!model.isIn(step.user, place)) return;
      const text = `hello${step.mentions === undefined ? '' : ` @${step.mentions}`}`;
      const { id } = await this.#says(step.user, place, text);
      model.says(step.user, place, Number(id), step.mentions === undefined ? [] : [step.mentions]);
    } else if (step.do === 'read') {
      const place = placeOf(step);
      const said = model.in(place);
      if (!model.isIn(step.user, place) || said.length === 0) return;
      const id = step.upTo === undefined ? undefined : said[step.upTo % said.length]?.id;
      await this.#program(step.user).asks('read', { place: placeFor(place, step.user), ...(id && { id }) });
      model.reads(step.user, place, id);
    } else if (step.do === 'join' || step.do === 'leave') {
      // One who is not in it cannot leave it.
      if (step.do === 'leave' && !model.isIn(step.user, step.room)) return;
      await this.#program(step.user).asks(step.do, { room: step.room });
      if (step.do === 'join') model.joins(step.user, step.room);
      else model.leaves(step.user, step.room);
    } else if (step.do === 'reconnect') {
      await this.#program(step.user).client.closes();
      await this.#comes(step.user);
    } else if (step.do === 'wait') {
      this.#server.clock.advance(1);
    } else if (step.do === 'check') {
      await this.check();
    } else if (step.do === 'person') {
      if (this.#person === undefined) await this.#personComes();
      else await this.#personLeaves();
    } else if (this.#restarts) {
      await this.close();
      this.#server = await startServer(this.#plugins);
      await this.#comeAll();
    }
  }

  /** Compares what every user is told with the model. */
  async check(): Promise<void> {
    await this.#personHasRead();
    for (const user of USERS) {
      const { rooms = [] } = await this.#program(user).asks('unread', {});
      const found = rooms.map(({ kind, roomName, members: [other = ''] = [], unread, mentions }) => [
        kind === 'direct' ? pair(user, other as User) : (roomName ?? kind),
        [unread, mentions],
      ]);
      expect([user, Object.fromEntries(found)]).toEqual([user, this.#model.unread(user)]);
      // The events came before the answer.
      for (const { room, seq } of [...this.#program(user).takes('marker'), ...rooms]) {
        const before = this.#markers.get(`${user} ${room}`) ?? 0;
        expect(seq).toBeGreaterThanOrEqual(before);
        this.#markers.set(`${user} ${room}`, seq);
      }
    }
  }

  #program(user: User): Program {
    return this.#programs.get(user) as Program;
  }

  async #says(user: User, place: Place, text: string) {
    const program = this.#program(user);
    if (place === 'everyone') return program.asks('broadcast', { text });
    return program.asks('message', { to: [placeFor(place, user)].flat(), text });
  }

  async #comes(user: User): Promise<void> {
    this.#programs.set(user, await Program.logsIn(this.#server.connectJson(), user, 'phone'));
  }

  async #comeAll(): Promise<void> {
    for (const user of USERS) await this.#comes(user);
    await this.#personComes();
  }

  async #personComes(): Promise<void> {
    const person = this.#server.connect(PERSON);
    await person.logsIn(PERSON, PASSWORD);
    this.#person = person;
    this.#model.personComes();
    // Its queued messages precede the answer.
    await this.#personHasRead();
  }

  /** Awaits that everything so far has reached the person. */
  async #personHasRead(): Promise<void> {
    await this.#person?.says('barrier');
    while (this.#person && (await this.#person.next()) !== 'error:command:barrier');
  }

  async #personLeaves(): Promise<void> {
    await this.#personHasRead();
    await this.#person?.closes();
    this.#person = undefined;
    this.#model.personIsOnline = false;
  }
}

function placeOf({ user, place }: Extract<Step, { place: unknown }>): Place {
  return typeof place === 'string' ? place : pair(user, place.with);
}

/** A place as a program writes it in a command. */
function placeFor(place: Place, user: User): string | string[] {
  if (place === 'everyone' || place.startsWith('#')) return place;
  const others = place.split(',').filter((name) => name !== user);
  return others.length > 0 ? others : [user];
}

async function holds(plugins: TestPlugins, restarts: boolean, steps: readonly Step[]): Promise<void> {
  const town = await Town.open(plugins, restarts);
  try {
    for (const step of steps) await town.run(step);
    await town.check();
  } finally {
    await town.close();
  }
}

const steps = fc.array(step, { minLength: 5, maxLength: 40 });

test('unread messages and mentions are what a plain count finds, and markers never move back', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(steps, (all) => holds({}, false, all)),
    { numRuns: 40 },
  );
});

test('so they are in a database, also after restarts', { timeout: 240_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (all) => {
      const folder = await mkdtemp(join(tmpdir(), 'chatserv-markers-'));
      try {
        await holds({ memory: false, sqlite: { file: join(folder, 'chat.db') } }, true, all);
      } finally {
        await rm(folder, { recursive: true });
      }
    }),
    { numRuns: 10 },
  );
});
