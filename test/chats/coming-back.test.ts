import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, type Entry, MessageLog, type ServerEvent } from 'chatserv';
import { type JsonClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { marks } from '../support/marks.ts';

const CATCH_UP = 2;

/** The devices of the account that comes and goes; the default one has no name. */
const DEVICES = ['phone', 'laptop', ''];

const device = fc.constantFrom(...DEVICES);
const room = fc.nat(1);
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('say' as const),
      room,
      mention: fc.constantFrom(false, false, false, true),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('mark' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('broadcast' as const, 'message' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('join' as const, 'leave' as const), room }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom('connect' as const, 'disconnect' as const, 'acknowledge' as const),
      device,
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('crash' as const), device, taken: fc.nat(8) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('post' as const, 'page' as const), device, room }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

type Received = Extract<ServerEvent, { type: 'message' | 'entry' }>;

interface SeenGap {
  readonly room: number;
  readonly roomName: string;
  readonly after: number;
  readonly before: number;
  readonly count: number;
  /** The entries that the device does not get because of the gap have ids above `start` and up to `end`. */
  readonly start: number;
  end: number;
}

/** A client that remembers what it has, as docs/json.md tells it to. */
class DeviceClient {
  readonly name: string;
  readonly #server: TestServer;
  readonly #user: string;
  #client: JsonClient | undefined;
  #requests = 0;
  /** The greatest id processed, and the greatest one of this connection. */
  seen = 0;
  #last = 0;
  readonly entries = new Set<number>();
  readonly gaps: SeenGap[] = [];

  constructor(server: TestServer, user: string, name: string) {
    this.#server = server;
    this.#user = user;
    this.name = name;
  }

  async connect(): Promise<void> {
    if (this.#client !== undefined) return;
    this.#client = this.#server.connectJson();
    // Later entries come again, in full or in other gaps.
    for (const gap of this.gaps) gap.end = Math.min(gap.end, this.seen);
    this.#last = 0;
    const named = this.name === '' ? {} : { device: this.name };
    this.#client.says({ type: 'login', name: this.#user, password: PASSWORD, takeover: true, ...named });
    await this.#client.sees({ type: 'welcome' });
    await this.#client.seesToken();
  }

  async disconnect(): Promise<void> {
    await this.#client?.closes();
    this.#client = undefined;
  }

  acknowledge(): void {
    this.#client?.says({ type: 'acknowledge', id: this.seen });
  }

  /** Posts in a room. @returns the id of the message */
  async says(text: string): Promise<number> {
    const answer = await this.command('message', text);
    return Number(answer?.type === 'answer' ? answer.facts?.id : Number.NaN);
  }

  command(name: string, text: string): Promise<ServerEvent | undefined> {
    return this.#asks({ type: 'command', name, text });
  }

  /** Takes in everything that the server has sent so far. */
  async settle(): Promise<void> {
    await this.#asks({ type: 'command', name: 'barrier', text: '' });
  }

  /** Takes in and acknowledges some of what the server has sent, and loses the rest. */
  async crash(taken: number): Promise<void> {
    await this.#asks({ type: 'command', name: 'barrier', text: '' }, taken);
    this.acknowledge();
    await this.#asks({ type: 'command', name: 'barrier', text: '' }, 0);
    await this.disconnect();
  }

  /** @param most how many messages and entries to take in that come before the answer */
  async #asks(
    command: { type: 'command'; name: string; text: string },
    most = Number.POSITIVE_INFINITY,
  ): Promise<ServerEvent | undefined> {
    const request = `request ${++this.#requests}`;
    this.#client?.says({ ...command, request });
    for (let taken = 0; ; ) {
      const event = await this.#client?.next();
      if (event === undefined || ('request' in event && event.request === request)) return event;
      if ((event.type === 'message' || event.type === 'entry') && taken++ < most) this.#take(event);
    }
  }

  #take(event: Received): void {
    const { id } = event;
    if (id === 0) return;
    expect(id).toBeGreaterThan(this.#last);
    this.#last = id;
    if (event.type === 'entry' && event.kind === 'gap') {
      const { room, roomName = '' } = event;
      const gap = event.data as { after: number; before: number; count: number };
      expect(gap.after).toBe(id - 1);
      this.gaps.push({ ...gap, room, roomName, start: Math.max(gap.after, this.seen), end: gap.before - 1 });
    } else if (id > this.seen && (event.type === 'message' || event.kind !== 'join' || event.from !== this.#user)) {
      // A device that is online when its account joins is told; the entry is not for those that come later.
      this.entries.add(id);
    }
    this.seen = Math.max(this.seen, id);
  }

  /** The ids of the messages in a gap, page by page. */
  async fill({ roomName, after, before }: SeenGap): Promise<number[]> {
    const found: number[] = [];
    for (let end = before; ; ) {
      const answer = (await this.command('history', `${roomName} 2 before ${end}`)) as {
        facts?: Record<string, unknown>;
      };
      const { entries = [], more } = (answer.facts ?? {}) as { entries?: { id: number }[]; more?: { before: boolean } };
      const ids = entries.map(({ id }) => id);
      found.unshift(...ids.filter((id) => id > after));
      if (more?.before !== true || (ids[0] ?? 0) <= after) return found;
      end = ids[0] ?? 0;
    }
  }
}

let runs = 0;

/** Plays steps, those of a group at the same time, and checks what each device has in the end. */
async function play(server: TestServer, groups: readonly (readonly Step[])[]): Promise<void> {
  const run = ++runs;
  const [alice, bob] = [`alice${run}`, `bob${run}`];
  const rooms = [`#a${run}`, `#b${run}`];
  const log = server.host.service(MessageLog.service) as MessageLog;
  await server.registers(alice, bob);
  const devices = DEVICES.map((name) => new DeviceClient(server, bob, name));
  const [phone] = devices as [DeviceClient];
  const sender = new DeviceClient(server, alice, '');
  await sender.connect();
  for (const name of rooms) await sender.command('create', name);
  for (const one of devices) await one.connect();
  for (const name of rooms) await phone.command('join', name);
  const mentions = new Set<number>();

  /** Who takes a step, and how. */
  function taken(one: Step): readonly [actor: DeviceClient, take: () => Promise<unknown>] {
    const client = ('device' in one ? devices[DEVICES.indexOf(one.device)] : undefined) ?? sender;
    const place = 'room' in one ? (rooms[one.room] ?? '') : '';
    switch (one.do) {
      case 'say':
        return [
          sender,
          async () => {
            const id = await sender.says(`${place} hello${one.mention ? ` @${bob}` : ''}`);
            if (one.mention) mentions.add(id);
          },
        ];
      case 'mark':
        return [sender, async () => sender.command('mark', `${await log.head()} +1`)];
      case 'broadcast':
        return [sender, () => sender.command('broadcast', 'hello')];
      case 'message':
        return [sender, () => sender.command('message', `${bob} hello`)];
      case 'join':
      case 'leave':
        return [
          phone,
          async () => {
            await phone.connect();
            await phone.command(one.do, place);
          },
        ];
      case 'post':
        return [client, () => client.command('message', `${place} hello`)];
      case 'connect':
        return [client, () => client.connect()];
      case 'disconnect':
        return [client, () => client.disconnect()];
      case 'acknowledge':
        return [client, async () => client.acknowledge()];
      case 'crash':
        return [client, () => client.crash(one.taken)];
      case 'page':
        return [client, () => client.command('history', `${place} 2 before ${client.seen}`)];
    }
  }

  for (const group of groups) {
    const steps = group.map(taken);
    const actors = new Set(steps.map(([actor]) => actor));
    const turns = [...actors].map(async (actor) => {
      for (const [whose, take] of steps) if (whose === actor) await take();
    });
    await Promise.all(turns);
  }
  for (const one of devices) await one.connect();
  const accounts = server.host.service(Accounts.service) as Accounts;
  const all = await log.read((await accounts.find(bob))?.id ?? 0, 0, Number.MAX_SAFE_INTEGER, 10_000);
  for (const one of devices) await check(one, all, bob, mentions);
  for (const one of [sender, ...devices]) await one.disconnect();
}

/** Checks that a device has each entry once, or in exactly one gap. */
async function check(client: DeviceClient, all: readonly Entry[], user: string, mentions: ReadonlySet<number>) {
  await client.settle();
  const isOwn = ({ from, device }: Entry) => from === user && (client.name === '' || device === client.name);
  const expected = all.filter((entry) => !isOwn(entry));
  const ids = new Set(expected.map(({ id }) => id));
  expect([...client.entries].filter((id) => !ids.has(id))).toEqual([]);
  for (const { id, room, roomName } of expected) {
    const isDelivered = client.entries.has(id);
    const gaps = client.gaps.filter((gap) => gap.room === room && id > gap.start && id <= gap.end);
    if (roomName === undefined || mentions.has(id)) expect(isDelivered, `entry ${id}`).toBe(true);
    else expect([isDelivered, gaps.length], `entry ${id}`).toEqual(isDelivered ? [true, 0] : [false, 1]);
  }
  for (const gap of client.gaps) {
    const inside = all.filter(({ id, room }) => room === gap.room && id > gap.after && id < gap.before);
    const messages = inside.filter(({ counts }) => counts).map(({ id }) => id);
    expect(inside[0]?.id).toBe(gap.after + 1);
    expect(gap.count).toBe(messages.length);
    expect(await client.fill(gap)).toEqual(messages);
  }
}

const folder = mkdtempSync(join(tmpdir(), 'chatserv-coming-back-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe.each([
  { store: 'memory', numRuns: 60 },
  { store: 'sqlite', numRuns: 10 },
])('with the store $store', ({ store, numRuns }) => {
  test('each device gets every entry once and in order, or in exactly one gap', { timeout: 120_000 }, async () => {
    const sqlite = store === 'sqlite' ? { file: join(folder, 'chat.db') } : false;
    const plugins = { history: { catchUp: CATCH_UP }, marks };
    await using server = await startServer({ ...plugins, sqlite, memory: store === 'memory' });
    const groups = fc.array(fc.array(step, { minLength: 1, maxLength: 6 }), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(groups, (steps) => play(server, steps)),
      { numRuns },
    );
    expect(server.failures).toEqual([]);
  });
});
