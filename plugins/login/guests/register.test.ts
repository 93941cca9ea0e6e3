import { PASSWORD, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

test('a guest registers, and keeps the account, its rooms and the session', async () => {
  await using server = await startServer({ guests: { rooms: 'create' } });
  const gil = server.connectJson();
  gil.says({ type: 'guest', name: 'gil' });
  await gil.sees({ type: 'welcome', name: 'gil[guest]' });
  gil.says({ type: 'command', request: 1, name: 'create', values: { room: '#lab' } });
  await gil.sees({ type: 'answer', request: 1 });
  gil.says({ type: 'command', request: 2, name: 'register', values: { password: 'gil' } });
  await gil.sees({ type: 'error', request: 2, reason: 'password' });
  gil.says({ type: 'command', request: 3, name: 'register', values: { password: PASSWORD } });
  await gil.sees({ type: 'renamed', name: 'gil', before: 'gil[guest]' });
  await gil.sees({ type: 'answer', request: 3, text: 'registered:gil' });
  // It is a user, with everything that users may do.
  gil.says({ type: 'command', request: 4, name: 'devices' });
  await gil.sees({ type: 'answer', request: 4 });
  gil.says({ type: 'command', request: 5, name: 'register', values: { password: PASSWORD } });
  await gil.sees({ type: 'error', request: 5, reason: 'registered' });
  await gil.closes();
  server.clock.advance(60);
  const again = await server.returns('gil');
  expect(await again.asks('members #lab')).toBe('gil:owner');
});

test('a guest whose name without the mark was taken meanwhile does not get it', async () => {
  await using server = await startServer({ guests: { rooms: 'join' } });
  const gil = server.connect('gil');
  await gil.says('gil', 'n', 'y');
  await gil.seesInOrder('register', 'guest', 'welcome');
  await server.registers('gil');
  await gil.says('register', PASSWORD, PASSWORD);
  await gil.seesInOrder('password', 'error:taken:register');
});

test('where an invitation is required, and without an account, guests do not register', async () => {
  for (const [guests, invitation, reason] of [
    [{ rooms: 'join' }, 'required', 'invitation'],
    [{ commands: ['register'] }, 'optional', 'guest'],
  ] as const) {
    await using server = await startServer({ guests, registration: { invitation } });
    const gil = server.connect('gil');
    await gil.says('gil', 'n', 'y');
    await gil.seesInOrder('register', 'guest', 'welcome');
    expect(await gil.asks(`register ${PASSWORD}`)).toBe(`error:${reason}:register`);
  }
});
