import { definePlugin, Presence } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

test('a plugin shows who is online on other servers', async () => {
  let presence!: Presence;
  const changes: string[] = [];
  const plugin = definePlugin({
    name: 'elsewhere',
    summary: 'Shows who is online elsewhere',
    needs: { presence: Presence },
    setup(context) {
      presence = context.presence;
      presence.watch(({ name }) => changes.push(`${name} ${presence.find(name) ? 'came' : 'left'}`));
    },
  });
  await using server = await startServer({ elsewhere: plugin });
  const alice = await server.joins('alice');
  await server.registers('bob');
  const aliceId = presence.find('alice')?.id ?? 0;
  const bob = { id: aliceId + 1, name: 'bob' };
  const show = (account: { id: number; name: string }, ...devices: string[]) =>
    presence.showElsewhere?.(account, devices);

  const hide = show(bob, 'phone', 'laptop');
  expect(await alice.asks('who')).toBe('alice bob');
  expect(presence.find('BOB')).toEqual(bob);
  expect(presence.elsewhere?.(bob)).toEqual(['phone', 'laptop']);
  // On a third server, and on this one: he came once.
  const hideThird = show(bob, '');
  expect(presence.elsewhere?.(bob)).toEqual(['phone', 'laptop', '']);
  hide?.();
  hide?.();
  expect(presence.elsewhere?.(bob)).toEqual(['']);
  const phone = server.connectJson();
  phone.says({ type: 'login', name: 'bob', password: 'tea-at-four', device: 'phone' });
  await phone.sees({ type: 'welcome' });
  hideThird?.();
  expect(await alice.asks('who')).toBe('alice bob');
  expect(changes).toEqual(['alice came', 'bob came']);
  // While she is here.
  const hideAlice = show({ id: aliceId, name: 'alice' }, 'phone');
  expect(await alice.asks('who')).toBe('alice bob');
  await alice.logsOut();
  expect(presence.find('alice')).toMatchObject({ name: 'alice' });
  hideAlice?.();
  expect(changes).toEqual(['alice came', 'bob came', 'alice left']);
});

test('a user who is online on another server has that device, and may log in on others', async () => {
  let presence!: Presence;
  const plugin = definePlugin({
    name: 'elsewhere',
    summary: 'Shows who is online elsewhere',
    needs: { presence: Presence },
    setup(context) {
      presence = context.presence;
    },
  });
  await using server = await startServer({ elsewhere: plugin });
  await server.registers('bob');
  const hide = presence.showElsewhere?.({ id: 1, name: 'bob' }, ['']);
  const client = server.connect('bob again');
  await client.says('bob');
  await client.sees('connected');
  hide?.();
  presence.showElsewhere?.({ id: 1, name: 'bob' }, ['phone']);
  await client.says('bob');
  await client.sees('password');
});
