import { Accounts } from 'chatserv';
import { startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** Lets a guest in with a program. */
async function enters(server: TestServer, name: string, as = name) {
  const guest = server.connectJson();
  guest.says({ type: 'guest', name });
  await guest.sees({ type: 'welcome', name: as });
  return guest;
}

/** What a program sends to take another name. */
const rename = (name: string) => ({ type: 'command', request: 'r', name: 'rename', values: { name } }) as const;

describe('a guest', () => {
  test('takes another name, stays in its rooms, and leaves the old name to others', async () => {
    await using server = await startServer({ guests: { rooms: 'join', mark: false } });
    const alice = await server.joins('alice');
    expect(await alice.asks('create #lab')).toBe('created:#lab');
    const gil = await enters(server, 'gil');
    gil.says({ type: 'command', request: 1, name: 'join', values: { room: '#lab' } });
    await gil.sees({ type: 'answer', request: 1 });
    await alice.sees(/ gil joined$/);
    gil.says(rename('gilbert'));
    await gil.sees({ type: 'renamed', name: 'gilbert', before: 'gil' });
    await gil.sees({
      type: 'answer',
      request: 'r',
      text: 'renamed:gilbert',
      facts: { name: 'gilbert', before: 'gil' },
    });
    expect(await alice.asks('who')).toBe('alice gilbert');
    gil.says({ type: 'message', request: 2, to: '#lab', text: 'hi' });
    await gil.sees({ type: 'answer', request: 2 });
    await alice.sees(/ #lab gilbert: hi$/);
    expect(await alice.asks('message gilbert hello')).toBe('sent:');
    await gil.sees({ type: 'message', text: 'hello' });
    await enters(server, 'gil');

    await gil.closes();
    await alice.sees(/ gilbert left$/);
    const accounts = server.host.service(Accounts.service) as Accounts;
    await expect.poll(() => accounts.find('gilbert')).toBeUndefined();
    await enters(server, 'gilbert');
  });

  test('keeps its mark, and gets no name of a user or another guest, nor one that looks like it', async () => {
    await using server = await startServer({ guests: { rooms: 'join' } });
    await server.registers('alice');
    await enters(server, 'kim', 'kim[guest]');
    const gil = await enters(server, 'gil', 'gil[guest]');
    for (const [name, reason] of [
      ['alice', 'taken'],
      ['a1ice', 'taken'],
      ['kim', 'taken'],
      ['Kim', 'taken'],
      ['kim[guest]', 'name'],
    ] as const) {
      gil.says(rename(name));
      await gil.sees({ type: 'error', request: 'r', reason });
    }
    gil.says(rename('Gil'));
    await gil.sees({ type: 'renamed', name: 'Gil[guest]', before: 'gil[guest]' });
  });

  test('without an account keeps its name', async () => {
    await using server = await startServer({ guests: true });
    const gil = await enters(server, 'gil', 'gil[guest]');
    gil.says(rename('gilbert'));
    await gil.sees({ type: 'error', request: 'r', reason: 'guest' });
  });

  test('on a plain line keeps its name: it could not be told of another one', async () => {
    await using server = await startServer({ guests: { rooms: 'join', mark: false }, registration: false });
    const gil = server.connect('gil');
    await gil.says('gil', 'y', 'rename gilbert', 'who');
    await gil.seesInOrder('guest', 'welcome', 'error:unsupported:rename', 'gil');
  });
});

test('users rename themselves only where the host lets them, so many times an hour', async () => {
  await using server = await startServer({ guests: { rooms: 'join' } });
  await server.registers('alice');
  const alice = server.connectJson();
  await alice.logsIn('alice', 'tea-at-four');
  alice.says(rename('alicia'));
  await alice.sees({ type: 'error', request: 'r', reason: 'denied' });
  await server.reload({ rename: { users: true, perHour: 1 } });
  alice.says(rename('alicia'));
  await alice.sees({ type: 'renamed', name: 'alicia', before: 'alice' });
  await alice.sees({ type: 'answer', request: 'r' });
  alice.says(rename('alice'));
  await alice.sees({ type: 'error', request: 'r', reason: 'too-often' });
  expect(server.limitHits.renames).toBe(1);
});

test('there is no command where nobody could use it', async () => {
  await using server = await startServer();
  const alice = await server.joins('alice');
  expect(await alice.asks('rename alicia')).toBe('error:command:rename');
});
