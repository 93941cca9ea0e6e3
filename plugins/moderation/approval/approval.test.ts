import { Accounts, definePlugin, MessageLog, type Server, z } from 'chatserv';
import { startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { alteredMemory } from '../../../test/support/altered-memory.ts';
import { Program } from '../../../test/support/json-program.ts';
import { startProgram } from '../../../test/support/program.ts';

const USERS = ['alice', 'bob', 'carol', 'mo'];

/** A class: Alice owns #class and Mo moderates it, Bob and Carol are in it, and approval is on. */
interface Class {
  readonly server: TestServer;
  readonly alice: Program;
  readonly bob: Program;
  readonly carol: Program;
  readonly mo: Program;
}

async function inClass(plugins: TestPlugins = {}): Promise<Class> {
  const server = await startServer({ rooms: { quietAbove: 0 }, timeouts: false, ...plugins }, { linesPerSecond: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  await server.registers(...USERS);
  const [alice, bob, carol, mo] = (await Promise.all(USERS.map((name) => on(server, name, 'phone')))) as [
    Program,
    Program,
    Program,
    Program,
  ];
  await alice.asks('create', { room: '#class' });
  for (const one of [bob, carol, mo]) await one.asks('join', { room: '#class' });
  await alice.asks('room-role', { room: '#class', user: 'mo', role: 'moderator' });
  // Unless the config has turned it on.
  await alice.asks('room-approval', { room: '#class', state: 'on' }).catch(() => {});
  return { server, alice, bob, carol, mo };
}

function on(server: TestServer, name: string, device?: string): Promise<Program> {
  return Program.logsIn(server.connectJson(), name, device);
}

const says = (from: Program, text: string) => from.asks('message', { to: ['#class'], text });
const approves = (by: Program, number: number) => by.asks('room-approve', { room: '#class', number });
const rejects = (by: Program, number: number) => by.asks('room-reject', { room: '#class', number });

/** The texts of the messages that a program was sent so far, with their senders. */
async function heard(program: Program): Promise<string[]> {
  await program.asks('who');
  return program.takes('message').map(({ from, text }) => `${from}: ${text}`);
}

async function held(moderator: Program): Promise<unknown> {
  return (await moderator.asks('room-held', { room: '#class' })).messages;
}

test('moderators are told of a held message on all devices, and its sender gets it on all once it is approved', async () => {
  const { server, alice, bob, mo } = await inClass();
  const [laptop, line] = [await on(server, 'bob', 'laptop'), await server.returns('bob')];
  const answered = await says(bob, 'may I?').catch((error: Error) => JSON.parse(error.message));
  expect(answered).toMatchObject({
    type: 'error',
    reason: 'held',
    about: 'message',
    message: 'Your message 1 waits until a moderator of #class approves it.',
  });
  for (const moderator of [alice, mo]) {
    await moderator.asks('who');
    expect(moderator.takes('entry').at(-1)).toMatchObject({
      id: 0,
      kind: 'held',
      data: { roomName: '#class', waiting: 1, number: 1, user: 'bob', text: 'may I?' },
    });
  }
  server.clock.advance(60);
  expect(await held(mo)).toEqual([{ number: 1, user: 'bob', text: 'may I?', time: '2026-01-01T00:00:00.000Z' }]);
  expect(await approves(mo, 1)).toMatchObject({ roomName: '#class', approved: [1], waiting: 0 });
  for (const device of [bob, laptop]) {
    await device.asks('who');
    expect(device.takes('message')).toMatchObject([
      { from: 'bob', text: 'may I?', roomName: '#class', time: '2026-01-01T00:01:00.000Z' },
    ]);
  }
  let came = '';
  while (came !== '[2026-01-01T00:01:00Z] #class bob: may I?') came = await line.next();
});

test('a message keeps what it answers, and its text as other plugins leave it once it is approved', async () => {
  const shout = definePlugin({
    name: 'shout',
    summary: 'Adds a mark to each message',
    setup: () => ({
      hooks: {
        onMessage: {
          transform(message) {
            message.text = `${message.text}!`;
            return undefined;
          },
        },
      },
    }),
  });
  const { server, alice, carol, bob } = await inClass({ shout });
  await says(carol, 'no').catch(() => {});
  const { id } = await says(alice, 'who knows?');
  const accounts = server.host.service(Accounts.service) as Accounts;
  const from = await accounts.find('bob');
  const room = { room: Number((await alice.asks('room', { room: '#class' })).room) };
  if (from === undefined) throw new Error('there is no bob');
  expect(
    await server.host.kernel.messages.posting.post({ from, to: room, text: 'I do', reply: Number(id) }),
  ).toMatchObject({ reason: 'held' });
  expect(await held(alice)).toMatchObject([{ text: 'no' }, { text: 'I do', reply: id }]);
  await approves(alice, 2);
  await bob.asks('who');
  expect(bob.takes('message').at(-1)).toMatchObject({ from: 'bob', text: 'I do!', reply: id });
});

test('a retry is not held twice, and is answered sent: once the message is posted', async () => {
  const { alice, bob, mo } = await inClass();
  const send = async (again: boolean) => {
    bob.client.says({ type: 'message', request: 'm', to: ['#class'], text: 'hi', key: 'k1', ...(again && { again }) });
    let event = await bob.client.next();
    while (!('request' in event) || event.request !== 'm') event = await bob.client.next();
    return event;
  };
  expect(await send(false)).toMatchObject({ type: 'error', reason: 'held' });
  expect(await send(true)).toMatchObject({ type: 'error', reason: 'held' });
  expect(await send(false)).toMatchObject({ type: 'error', reason: 'held' });
  expect(await held(alice)).toMatchObject([{ number: 1 }]);
  const outcomes = await Promise.allSettled([approves(alice, 1), approves(mo, 1)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(await send(true)).toMatchObject({ type: 'answer', text: 'sent:' });
  expect(await heard(alice)).toEqual(['bob: hi']);
});

test('of an approval and a rejection at the same moment one counts', async () => {
  const { alice, bob, mo } = await inClass();
  for (let number = 1; number <= 10; number++) {
    await says(bob, `${number}`).catch(() => {});
    const [approved, rejected] = await Promise.allSettled(
      number % 2 === 0
        ? [approves(alice, number), rejects(mo, number)]
        : [rejects(mo, number), approves(alice, number)],
    );
    expect([approved?.status, rejected?.status].sort()).toEqual(['fulfilled', 'rejected']);
  }
  expect(await held(alice)).toEqual([]);
  const news = await heard(bob);
  expect(news).toHaveLength(10);
});

test('messages have limits, by room and by sender, and expire', async () => {
  const { server, alice, bob, carol } = await inClass({
    approval: { perRoom: 3, perSender: 2, time: 3600, pageSize: 2 },
  });
  const reasonOf = (asked: Promise<unknown>) =>
    asked.then(
      () => 'sent',
      (error: Error) => JSON.parse(error.message).reason,
    );
  for (const expected of ['held', 'held', 'too-many-held']) expect(await reasonOf(says(bob, 'hi'))).toBe(expected);
  for (const expected of ['held', 'held-full']) expect(await reasonOf(says(carol, 'hi'))).toBe(expected);
  expect(server.limitHits).toEqual({ 'held-messages-of-sender': 1, 'held-messages': 1 });
  const first = await alice.asks('room-held', { room: '#class' });
  expect(first).toMatchObject({ messages: [{ number: 1 }, { number: 2 }], hasMore: true });
  expect(await alice.asks('room-held', { room: '#class', after: 2 })).toMatchObject({
    messages: [{ number: 3 }],
    hasMore: false,
  });
  server.clock.advance(3600);
  server.clock.advance(600);
  await expect.poll(() => held(alice)).toEqual([]);
  await expect
    .poll(() => heard(carol))
    .toEqual(['*server*: Your message 3 in #class was not posted: nobody approved it in time.']);
  // Numbers are not used again.
  await says(bob, 'hi').catch(() => {});
  expect(await held(alice)).toMatchObject([{ number: 4 }]);
});

test('what a sender may not post now goes on waiting, and what he may post no more is dropped', async () => {
  const { server, alice, bob, carol } = await inClass();
  for (const [from, text] of [
    [bob, 'one'],
    [bob, 'two'],
    [carol, 'three'],
  ] as const)
    await says(from, text).catch(() => {});
  await alice.asks('room-slow', { room: '#class', time: 600 });
  await alice.asks('room-mute', { room: '#class', user: 'bob', time: 60 });
  await expect(approves(alice, 1)).rejects.toThrow('"muted"');
  expect(await alice.asks('room-approve', { room: '#class', all: 'all' })).toMatchObject({ approved: [3], waiting: 2 });
  server.clock.advance(60);
  // Slow mode has made them wait already, so to say.
  expect(await alice.asks('room-approve', { room: '#class', all: 'all' })).toMatchObject({ approved: [1, 2] });
  await alice.asks('room-slow', { room: '#class', off: 'off' });
  await heard(bob);
  await says(bob, 'four').catch(() => {});
  await alice.asks('room-ban', { room: '#class', user: 'bob' });
  await expect.poll(() => held(alice)).toEqual([]);
  await expect
    .poll(() => heard(bob))
    .toEqual(['*server*: Your message 4 in #class was not posted: you are no longer in the room.']);
  await says(carol, 'five').catch(() => {});
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.remove((await accounts.find('carol'))?.id ?? 0);
  await expect.poll(() => held(alice)).toEqual([]);
  expect(server.failures).toEqual([]);
});

test('the config turns approval on in a room for good', async () => {
  const { alice, bob } = await inClass({ approval: { rooms: ['#Class'] } });
  await expect(alice.asks('room-approval', { room: '#class', state: 'off' })).rejects.toThrow('"declared"');
  await expect(says(bob, 'hi')).rejects.toThrow('"held"');
});

test('an edit does not slip past', async () => {
  let server: Server | undefined;
  const edits = definePlugin({
    name: 'other-edits',
    summary: 'Changes messages',
    setup: (setup) => {
      ({ server } = setup);
      return {
        kinds: [{ name: 'other-edit', version: 1, schema: z.strictObject({ text: z.string() }), counts: false }],
      };
    },
  });
  const { server: host, alice, bob } = await inClass({ edits });
  await alice.asks('room-approval', { room: '#class', state: 'off' });
  const [mine, hers] = [await says(bob, 'hi'), await says(alice, 'hello')];
  await alice.asks('room-approval', { room: '#class', state: 'on' });
  const edit = async (name: string, id: unknown) => {
    const log = host.host.service(MessageLog.service) as MessageLog;
    const accounts = host.host.service(Accounts.service) as Accounts;
    const [of, from] = [await log.get(Number(id)), await accounts.find(name)];
    if (of === undefined || from === undefined) throw new Error('there is no such message');
    return server?.postEntry({ kind: 'other-edit', from, of, text: 'rude', data: (text) => ({ text }) });
  };
  expect(await edit('bob', mine.id)).toMatchObject({ kind: 'refusal', reason: 'approval' });
  expect(await edit('alice', hers.id)).toMatchObject({ kind: 'other-edit' });
  expect(await held(alice)).toEqual([]);
});

test('what could not be stored waits, approved, and is posted once', async () => {
  let isBroken = false;
  const store = alteredMemory(({ messageLog }) => ({
    messageLog: {
      async append(...asked) {
        if (!isBroken) return messageLog.append(...asked);
        if (asked[0][0]?.body === 'hi') throw new Error('the disk is full');
        return messageLog.append(...asked);
      },
    },
  }));
  const { server, alice, bob, mo } = await inClass({ memory: false, store });
  await says(bob, 'hi').catch(() => {});
  isBroken = true;
  await expect(approves(alice, 1)).rejects.toThrow('"internal"');
  await expect(rejects(mo, 1)).rejects.toThrow('"no-message"');
  isBroken = false;
  server.clock.advance(1);
  server.clock.advance(600);
  await expect.poll(() => held(alice)).toEqual([]);
  expect(await heard(alice)).toEqual(['bob: hi']);
});

test('held messages survive a killed server, and what was approved is posted', { timeout: 60_000 }, async () => {
  await using program = await startProgram();
  await program.registers('alice', 'bob');
  const logsIn = async (name: string) => Program.logsIn(await program.connectJson(), name, 'phone');
  let [alice, bob] = [await logsIn('alice'), await logsIn('bob')];
  await alice.asks('create', { room: '#class' });
  await bob.asks('join', { room: '#class' });
  await alice.asks('room-approval', { room: '#class', state: 'on' });
  await expect(says(bob, 'one')).rejects.toThrow('"held"');
  await expect(says(bob, 'two')).rejects.toThrow('"held"');
  await program.kill();
  await program.start();
  [alice, bob] = [await logsIn('alice'), await logsIn('bob')];
  await alice.asks('who');
  expect(alice.takes('entry').at(-1)).toMatchObject({ kind: 'held', data: { roomName: '#class', waiting: 2 } });
  await expect(says(bob, 'three')).rejects.toThrow('"held"');
  expect(await alice.asks('room-approve', { room: '#class', all: 'all' })).toMatchObject({ approved: [1, 2, 3] });
  await program.kill();
  await program.start();
  alice = await logsIn('alice');
  expect(await held(alice)).toEqual([]);
  expect(await alice.asks('history', { place: '#class' })).toMatchObject({
    entries: [{ text: 'one' }, { text: 'two' }, { text: 'three' }],
  });
});

test('whatever moderators do at the same time, each message is posted once, or its sender told, or it waits', async () => {
  const act = fc.oneof(
    { weight: 3, arbitrary: fc.record({ act: fc.constant('say' as const), by: fc.constantFrom('bob', 'carol') }) },
    {
      weight: 2,
      arbitrary: fc.record({
        act: fc.constantFrom('approve' as const, 'reject' as const),
        by: fc.constantFrom('alice', 'mo'),
        number: fc.integer({ min: 1, max: 8 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ act: fc.constant('all' as const), by: fc.constantFrom('alice', 'mo') }) },
  );
  const property = fc.asyncProperty(fc.array(fc.array(act, { maxLength: 4 }), { maxLength: 8 }), async (rounds) => {
    const { server, ...programs } = await inClass();
    const by = (name: string) => programs[name as keyof typeof programs];
    let said = 0;
    for (const round of rounds) {
      // One request a program at a time.
      const acts = [...new Map(round.map((one) => [one.by, one])).values()];
      await Promise.allSettled(
        acts.map((one) => {
          if (one.act === 'say') return says(by(one.by), `message ${++said}`);
          if (one.act === 'all') return by(one.by).asks('room-approve', { room: '#class', all: 'all' });
          return one.act === 'approve' ? approves(by(one.by), one.number) : rejects(by(one.by), one.number);
        }),
      );
    }
    const waiting = ((await held(programs.alice)) as { text: string }[]).map(({ text }) => text);
    const posted = (await heard(programs.mo)).map((text) => text.replace(/^\w+: /, ''));
    const told = [...(await heard(programs.bob)), ...(await heard(programs.carol))].filter((text) =>
      text.startsWith('*server*: '),
    );
    expect(new Set(posted).size).toBe(posted.length);
    expect(new Set([...posted, ...waiting]).size).toBe(posted.length + waiting.length);
    const refused = server.limitHits['held-messages-of-sender'] ?? 0;
    expect(posted.length + waiting.length + told.length + refused).toBe(said);
    await server[Symbol.asyncDispose]();
  });
  await fc.assert(property, { numRuns: 25 });
}, 60_000);
