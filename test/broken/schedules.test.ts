import { definePlugin, MessageLog } from 'chatserv';
import { startServer } from 'chatserv/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import openDoor from '../support/open-door.ts';
import { slowMemory } from '../support/slow-memory.ts';
import { disorder, faults, type Sent } from './checker.ts';
import { Guest } from './guest.ts';

/** How many schedules are tried; RUNS=10000 makes a long run of it. */
const RUNS = Number(process.env.RUNS ?? 200);

const USERS = ['line-a', 'line-b', 'json-a', 'json-b'];

/** Small, so that guests fall behind and have to acknowledge. */
const LIMITS = { outboxBytes: 400, unacknowledged: 3, commandsUnderWay: 4 };

const deeds = ['comes', 'is cut off', 'stops reading', 'reads on', 'acknowledges', 'fetches', 'time passes'] as const;

/** An action, and for how many turns of the event loop nothing else happens. */
const step = fc.record({
  user: fc.constantFrom(...USERS),
  does: fc.oneof(
    { weight: 5, arbitrary: fc.record({ to: fc.subarray(USERS, { minLength: 1 }) }) },
    { weight: 2, arbitrary: fc.constant({ to: 'everyone' as const }) },
    { weight: 5, arbitrary: fc.constantFrom(...deeds) },
  ),
  turns: fc.nat({ max: 3 }),
});

type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const turns = async (count: number) => {
  for (let i = 0; i < count; i++) await new Promise(setImmediate);
};

/** Makes posts finish out of order, as slow plugins do, and exposes the server's state. */
function observer(wait: () => Promise<void>) {
  const ids = new Map<string, number>();
  let log: MessageLog | undefined;
  const plugin = definePlugin({
    name: 'observer',
    summary: 'Makes posts wait, and watches',
    needs: { messageLog: MessageLog },
    setup(context) {
      log = context.messageLog;
      return {
        hooks: {
          onMessage: {
            transform: {
              order: 'post',
              async handler() {
                await wait();
                return undefined;
              },
            },
          },
          onDeliver(_session, { id, text }) {
            ids.set(text, id);
            return undefined;
          },
        },
      };
    },
  });
  return {
    plugin,
    /** The id of a message that was given to somebody. */
    idOf: (text: string) => ids.get(text) ?? 0,
    cursor: async (account: number) => Math.max(0, ...((await log?.devices(account)) ?? []).map(({ id }) => id)),
  };
}

test('whatever clients do and in whatever order: all that was answered arrives, in order, once a connection', {
  timeout: 60_000 + RUNS * 500,
}, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80 }), fc.array(fc.nat({ max: 5 }), { minLength: 1 }), play),
    { numRuns: RUNS, endOnFailure: false },
  );
});

async function play(steps: readonly Step[], waits: readonly number[]): Promise<void> {
  let waited = 0;
  const wait = () => turns(waits[waited++ % waits.length] ?? 0);
  const { plugin, idOf, cursor } = observer(wait);
  const plugins = { memory: false, 'slow-memory': slowMemory(wait), observer: plugin, 'open-door': openDoor };
  await using server = await startServer(plugins, LIMITS);
  const guests = new Map(USERS.map((name) => [name, new Guest(name)]));
  const sent: Sent[] = [];
  const cursors = new Map<number, number>();
  /** The cursor of each account moves forward, and not past what its client was not handed, or has not acknowledged. */
  const checkCursors = async () => {
    for (const [index, guest] of [...guests.values()].entries()) {
      const account = index + 1;
      const now = await cursor(account);
      expect(now, `the cursor of ${guest.user}`).toBeGreaterThanOrEqual(cursors.get(account) ?? 0);
      cursors.set(account, now);
      if (!guest.reading) continue;
      const isHad = ({ text }: Sent) =>
        guest.exactlyOnce ? idOf(text) <= guest.acknowledged : guest.texts.includes(text);
      const passed = sent.filter(({ to, text }) => to.includes(guest.user) && idOf(text) > 0 && idOf(text) <= now);
      expect(
        passed.filter((message) => !isHad(message)),
        `what the cursor of ${guest.user} has passed`,
      ).toEqual([]);
    }
  };
  const come = async (guest: Guest) => {
    guest.comes(() => server.open());
    for (let i = 0; i < 1000 && !guest.online; i++) await turns(1);
    expect(guest.online).toBe(true);
  };
  for (const guest of guests.values()) await come(guest);

  for (const { user, does, turns: pause } of steps) {
    const guest = guests.get(user) as Guest;
    if (does === 'comes') guest.comes(() => server.open());
    else if (does === 'is cut off') guest.isCutOff();
    else if (does === 'stops reading') guest.stopsReading();
    else if (does === 'reads on') guest.readsOn();
    else if (does === 'acknowledges') guest.acknowledges();
    else if (does === 'time passes') server.clock.advance(1);
    else if (!guest.online) continue;
    else if (does === 'fetches') guest.says(undefined, 'fetch');
    else {
      const others = USERS.filter((name) => name !== user);
      const to = does.to === 'everyone' ? others : does.to;
      const message: Sent = { from: user, to, text: `${user} says ${sent.length}`, answered: false };
      sent.push(message);
      const form = does.to === 'everyone' ? 'broadcast' : `message (${to.join(' ')})`;
      guest.says(message, `${form} ${message.text}`);
    }
    await turns(pause);
    if (does === 'time passes') {
      await turns(8);
      await checkCursors();
    }
  }

  for (const guest of guests.values()) {
    guest.prompt = true;
    guest.readsOn();
    guest.acknowledges();
  }
  for (let i = 0; i < 300; i++) {
    for (const guest of guests.values()) guest.comes(() => server.open());
    await turns(3);
    if (i > 10 && faults(sent, [...guests.values()]).every((fault) => !fault.includes('never saw'))) break;
  }
  server.clock.advance(1);
  await turns(8);
  await checkCursors();
  expect(faults(sent, [...guests.values()])).toEqual([]);
  expect(disorder([...guests.values()])).toEqual([]);
  for (const guest of guests.values()) expect(guest.repeated, guest.user).toEqual([]);
  expect(server.failures.filter(({ level }) => level === 'error')).toEqual([]);
}
