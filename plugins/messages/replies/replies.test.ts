import { Accounts, definePlugin, MessageLog } from 'chatserv';
import { type LineClient, startServer, type TestPlugins } from 'chatserv/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { Program } from '../../../test/support/json-program.ts';

const AT = '[2026-01-01T00:00:00Z]';

/** Starts a server with alice on two devices and bob on a plain line, both in #lab, and carol, who is in no room. */
async function start(plugins: TestPlugins = {}) {
  let redact = async (_id: number): Promise<boolean> => false;
  let purge = async (_name: string): Promise<unknown> => undefined;
  let remove = async (_name: string): Promise<void> => {};
  const door = definePlugin({
    name: 'door',
    summary: 'Reaches the log and the accounts',
    needs: { accounts: Accounts, messageLog: MessageLog },
    setup({ accounts, messageLog, server }) {
      purge = async (name) => messageLog.removeFrom?.((await accounts.find(name))?.id ?? 0);
      remove = async (name) => accounts.remove((await accounts.find(name))?.id ?? 0);
      redact = (id) => server.redact(id, { id: 0, name: '*server*' });
    },
  });
  const all = { door, rooms: { quietAbove: 0 }, 'single-session': false, timeouts: false, ...plugins };
  const server = await startServer(all, { linesPerSecond: 0 });
  onTestFinished(() => server[Symbol.asyncDispose]());
  await server.registers('alice', 'carol');
  const bob = await server.joins('bob');
  expect(await bob.asks('create #lab')).toBe('created:#lab');
  const phone = await Program.logsIn(server.connectJson(), 'alice', 'phone');
  await phone.asks('join', { room: '#lab' });
  const laptop = await Program.logsIn(server.connectJson(), 'alice', 'laptop');
  return {
    server,
    bob,
    phone,
    laptop,
    redact: (id: number) => redact(id),
    remove: (name: string) => remove(name),
    purge: (name: string) => purge(name),
  };
}

/** Sends a message. @returns its id */
async function sends(program: Program, to: string, text: string): Promise<number> {
  const { id = 0 } = await program.asks('message', { to: [to], text });
  return id;
}

/** What a program is sent, after it asked for an answer. */
async function received(program: Program) {
  await program.asks('whoelse');
  return program.takes('message');
}

async function reads(client: LineClient, ...lines: string[]): Promise<void> {
  for (const line of lines) await client.sees(line);
}

/** Why a request is refused. */
async function reasonOf(refused: Promise<unknown>): Promise<string> {
  const error = await refused.then(
    () => '{"reason":"none"}',
    (cause: Error) => cause.message,
  );
  return (JSON.parse(error) as { reason: string }).reason;
}

describe('reply', () => {
  test('answers in the room, in a conversation and to everyone, on all devices', async () => {
    const { server, bob, phone, laptop } = await start();
    const carol = await server.returns('carol');
    const ids = [await sends(phone, '#lab', 'in the lab'), await sends(phone, 'bob', 'to you')];
    const { id = 0 } = await phone.asks('broadcast', { text: 'to all' });
    const group = (await phone.asks('message', { to: ['bob', 'carol'], text: 'to two' })).id ?? 0;
    await reads(
      bob,
      `${AT} #lab alice: in the lab`,
      `${AT} alice: to you`,
      `${AT} alice: to all`,
      `${AT} alice: to two`,
    );
    await reads(carol, `${AT} alice: to all`, `${AT} alice: to two`);
    for (const one of [...ids, id, group]) expect(await bob.asks(`reply ${one} yes ${one}`)).toBe('sent:');
    for (const program of [phone, laptop]) {
      const answers = (await received(program)).filter(({ from }) => from === 'bob');
      expect(answers).toMatchObject([
        { roomName: '#lab', reply: ids[0], text: `yes ${ids[0]}` },
        { audience: 'named', reply: ids[1] },
        { audience: 'everyone', reply: id },
        { audience: 'named', reply: group },
      ]);
    }
    await reads(carol, `${AT} bob: (alice: "to all") yes ${id}`, `${AT} bob: (alice: "to two") yes ${group}`);
  });

  test('takes the last message that the session has received from someone else', async () => {
    const { server, bob, phone } = await start();
    expect(await bob.asks('reply last yes')).toBe('error:no-message:reply');
    await sends(phone, '#lab', 'one');
    await sends(phone, 'bob', 'two');
    await reads(bob, `${AT} #lab alice: one`, `${AT} alice: two`);
    expect(await bob.asks('message #lab of my own')).toBe('sent:');
    expect(await bob.asks('reply last yes')).toBe('sent:');
    expect((await received(phone)).at(-1)).toMatchObject({ audience: 'named', text: 'yes' });
    const carol = await server.returns('carol');
    expect(await carol.asks('reply last yes')).toBe('error:no-message:reply');
    expect(await carol.asks('reply yes')).toBe('error:args:reply');
    expect(await carol.asks('reply 0 yes')).toBe('error:args:reply');
  });

  test('obeys what holds for other messages there', async () => {
    const { bob, phone } = await start({ message: { maxLength: 20 } });
    const id = await sends(phone, '#lab', 'one');
    await reads(bob, `${AT} #lab alice: one`);
    expect(await bob.asks(`reply ${id} ${'x'.repeat(21)}`)).toBe('error:too-long:reply');
    await bob.says('room-posting #lab moderators');
    await bob.sees('done:');
    expect(await reasonOf(phone.asks('reply', { message: id, text: 'yes' }))).toBe('read-only');
  });

  test('is denied where the command that sends there is off', async () => {
    const { server, bob, phone } = await start();
    const id = await sends(phone, 'bob', 'one');
    await reads(bob, `${AT} alice: one`);
    await server.reload({ message: false });
    expect(await bob.asks(`reply ${id} yes`)).toBe('error:denied:reply');
  });

  test('is refused in a conversation with a removed account', async () => {
    const { bob, phone, server, remove } = await start();
    await server.returns('carol');
    const id = (await phone.asks('message', { to: ['bob', 'carol'], text: 'to two' })).id ?? 0;
    await reads(bob, `${AT} alice: to two`);
    await remove('carol');
    expect(await bob.asks(`reply ${id} yes`)).toBe('error:user:reply');
  });
});

describe('a message that an account cannot read', () => {
  test('does not exist, whether it is elsewhere or nowhere', async () => {
    const { server, bob, phone } = await start();
    await phone.asks('create', { room: '#attic', access: 'private' });
    const hidden = await sends(phone, '#attic', 'hidden');
    const direct = await sends(phone, 'bob', 'for bob');
    const lab = await sends(phone, '#lab', 'in the lab');
    const carol = await server.returns('carol');
    const program = await Program.logsIn(server.connectJson(), 'carol', 'phone');
    await program.asks('whoelse');
    for (const id of [hidden, direct, lab, 999]) {
      expect(await carol.asks(`reply ${id} yes`)).toBe('error:no-message:reply');
      program.client.says({ type: 'message', to: ['bob'], text: 'yes', reply: id });
      await program.client.sees({
        type: 'error',
        reason: 'no-message',
        about: 'message',
        message: 'There is no such message.',
      });
    }
    await reads(bob, `${AT} alice: for bob`, `${AT} #lab alice: in the lab`);
    expect(await bob.asks(`reply ${hidden} yes`)).toBe('error:no-message:reply');
  });

  test('is not an entry of another kind either', async () => {
    const { bob } = await start();
    expect(await bob.asks('reply 1 yes')).toBe('error:no-message:reply');
  });
});

describe('a program', () => {
  test('answers with `reply` in the place of the answered message only', async () => {
    const { bob, phone, laptop } = await start();
    expect(await bob.asks('message #lab question?')).toBe('sent:');
    const [question] = await received(phone);
    phone.client.says({ type: 'message', to: '#lab', text: 'yes', reply: question?.id ?? 0, key: 'k' });
    await phone.client.sees({ type: 'answer', command: 'message', text: 'sent:' });
    await reads(bob, `${AT} #lab alice: (bob: "question?") yes`);
    expect((await received(laptop)).at(-1)).toMatchObject({ text: 'yes', reply: question?.id });
    for (const to of ['everyone' as const, ['bob'], ['carol'], ['bob', 'carol']]) {
      phone.client.says({ type: 'message', to, text: 'yes', reply: question?.id ?? 0 });
      await phone.client.sees({ type: 'error', reason: 'elsewhere' });
    }
    phone.client.says({ type: 'message', to: '#lab', text: 'yes', reply: question?.id ?? 0, key: 'k', again: true });
    await phone.client.sees({ type: 'answer', command: 'message', text: 'sent:' });
    await bob.seesNothing();
  });

  test('can answer in a conversation, also of itself, whoever is online', async () => {
    const { phone } = await start();
    const id = (await phone.asks('message', { to: ['carol', 'bob'], text: 'to two' })).id ?? 0;
    phone.client.says({ type: 'message', to: ['bob', 'carol'], text: 'more', reply: id });
    await phone.client.sees({ type: 'answer', text: 'sent:' });
    const own = await sends(phone, 'alice', 'a note');
    phone.client.says({ type: 'message', to: ['alice'], text: 'more', reply: own });
    await phone.client.sees({ type: 'message', text: 'more', reply: own });
    await phone.client.sees({ type: 'answer', text: 'sent:' });
  });
});

describe('a quote', () => {
  test('is short, and of the message that is answered', async () => {
    const { bob, phone } = await start();
    const id = await sends(phone, '#lab', 'are you there at four in the afternoon?');
    await reads(bob, `${AT} #lab alice: are you there at four in the afternoon?`);
    expect(await bob.asks(`reply ${id} yes`)).toBe('sent:');
    const [{ id: answer = 0 } = {}] = await received(phone);
    await phone.asks('reply', { message: answer, text: 'fine' });
    await reads(bob, `${AT} #lab alice: (bob: "yes") fine`);
    await bob.says('history #lab');
    await bob.seesInOrder(
      /alice: are you there at four in the afternoon\?$/,
      /bob: \(alice: "are you there at four in…"\) yes$/,
      /alice: \(bob: "yes"\) fine$/,
    );
  });

  test('of a deleted message has no text, in queued messages and in the history either', async () => {
    const { server, bob, phone, redact } = await start();
    const id = await sends(phone, '#lab', 'a secret');
    await reads(bob, `${AT} #lab alice: a secret`);
    await phone.asks('reply', { message: id, text: 'one' });
    await reads(bob, `${AT} #lab alice: (alice: "a secret") one`);
    await bob.closes();
    await phone.asks('reply', { message: id, text: 'two' });
    expect(await redact(id)).toBe(true);
    expect(await reasonOf(phone.asks('reply', { message: id, text: 'three' }))).toBe('deleted');
    const back = await server.returns('bob');
    const told = `${AT} #lab *server* deleted alice's message from 00:00`;
    await reads(back, `${AT} #lab alice: (deleted message) two`, told);
    await back.says('history #lab');
    await back.seesInOrder(/\(deleted message\) one$/, /\(deleted message\) two$/, `${id} ${told}`, 'end:history');
  });

  test('of a purged message has no text', async () => {
    const { bob, phone, purge } = await start();
    const id = await sends(phone, '#lab', 'a secret');
    await reads(bob, `${AT} #lab alice: a secret`);
    expect(await bob.asks(`reply ${id} yes`)).toBe('sent:');
    await purge('alice');
    await bob.says('history #lab');
    await bob.seesInOrder(/bob: \(an earlier message\) yes$/, 'end:history');
  });

  test('has the text of the last edit', async () => {
    const { bob, phone } = await start();
    const id = await sends(phone, '#lab', 'tea at for');
    await phone.asks('edit', { message: id, text: 'tea at four' });
    await bob.sees(/alice: tea at for$/);
    await bob.sees(/edited/);
    await phone.asks('reply', { message: id, text: 'or five' });
    await reads(bob, `${AT} #lab alice: (alice: "tea at four") or five`);
  });

  test('is left out without the plugin, and so is nothing else', async () => {
    const { server, bob, phone } = await start();
    const id = await sends(phone, '#lab', 'one');
    await reads(bob, `${AT} #lab alice: one`);
    await bob.closes();
    await phone.asks('reply', { message: id, text: 'two' });
    await server.reload({ replies: false });
    const back = await server.returns('bob');
    await reads(back, `${AT} #lab alice: two`);
  });
});

describe('an answer', () => {
  test.each([
    [true, 1],
    [false, 0],
  ])('mentions the author in a room: %s', async (mention, mentions) => {
    const { bob, phone } = await start({ replies: { mention } });
    const id = await sends(phone, '#lab', 'one');
    await reads(bob, `${AT} #lab alice: one`);
    expect(await bob.asks(`reply ${id} yes`)).toBe('sent:');
    const { rooms = [] } = await phone.asks('unread');
    expect(rooms).toMatchObject([{ roomName: '#lab', mentions }]);
  });

  test('mentions nobody who has left, and not its own sender', async () => {
    const { bob, phone } = await start();
    const id = await sends(phone, '#lab', 'one');
    await reads(bob, `${AT} #lab alice: one`);
    await phone.asks('reply', { message: id, text: 'two' });
    await reads(bob, `${AT} #lab alice: (alice: "one") two`);
    await phone.asks('leave', { room: '#lab' });
    expect(await bob.asks(`reply ${id} yes`)).toBe('sent:');
    await phone.asks('join', { room: '#lab' });
    expect((await phone.asks('unread')).rooms).toEqual([]);
  });
});
