import { admit, definePlugin } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../plugins/stores/memory/store.ts';
import { reopenedStore } from '../support/reopened-store.ts';

const contents = () => memoryStore(Date.now);

describe('a reload that reopens the same store', () => {
  test('still delivers the rest to a client that is behind', async () => {
    const one = contents();
    const store = reopenedStore(
      () => one,
      () => 'one',
    );
    await using server = await startServer({ memory: false, store }, { unacknowledged: 2, linesPerSecond: 0 });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const bob = server.connectJson();
    await bob.logsIn('bob', PASSWORD);
    // More than a page of the inbox: the second page is read after the reload.
    const texts = Array.from({ length: 300 }, (_, i) => `message ${i}`);
    await alice.says(...texts.map((text) => `message bob ${text}`));
    for (const _ of texts) await alice.sees('sent:');
    const { changed } = await server.reload({ store });
    expect(changed).toContainEqual({ name: 'reopened', because: 'its code' });
    for (const text of texts) {
      const { id } = (await bob.sees({ type: 'message', text })) as { id?: number };
      bob.says({ type: 'acknowledge', id: Number(id) });
    }
    expect(await alice.asks('message bob live')).toBe('sent:');
    await bob.sees({ text: 'live' });
  });

  test('repeats no delivered message', async () => {
    const one = contents();
    const store = reopenedStore(
      () => one,
      () => 'one',
    );
    await using server = await startServer({ memory: false, store, 'single-session': false });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await alice.asks('message bob before')).toBe('sent:');
    await bob.hears('alice', 'before');
    // Cursors are written with a delay, and the clock stands still.
    await server.reload({ store });
    await (await server.returns('bob')).seesNothing();
  });

  test('queues messages also for a client that logged in while none were kept', async () => {
    await using server = await startServer({ 'offline-messages': false }, { unacknowledged: 2 });
    await server.registers('bob');
    const alice = await server.joins('alice');
    const bob = server.connectJson();
    await bob.logsIn('bob', PASSWORD);
    await server.reload({ 'offline-messages': true });
    for (const text of ['1', '2', '3', '4']) expect(await alice.asks(`message bob ${text}`)).toBe('sent:');
    await bob.sees({ text: '1' });
    const { id } = (await bob.sees({ text: '2' })) as { id?: number };
    await bob.seesNothing();
    bob.says({ type: 'acknowledge', id: Number(id) });
    for (const text of ['3', '4']) await bob.sees({ text });
  });
});

describe('a reload that would change the store is refused', () => {
  const REFUSAL = /^A reload cannot change the store, because open sessions refer to accounts [^\n]*$/;

  test('for another plugin, which receives nothing about the accounts online', async () => {
    const other = contents();
    await using server = await startServer();
    const alice = server.connectJson();
    await server.registers('alice');
    await alice.logsIn('alice', PASSWORD);
    const bob = await server.joins('bob');
    // The other store's first account has a queued message; in this one that id is alice's.
    const eve = await other.accounts.create('eve', '');
    const to = { direct: [0, eve?.id ?? 0] };
    const message = { kind: 'message', version: 1, counts: true, sender: 0, from: 'x', device: '', toSender: false };
    await other.messageLog.append([{ ...message, to, body: 'for eve', time: 1 }]);
    const place = await other.messageLog.devices(1);
    await expect(
      server.reload({
        memory: false,
        store: reopenedStore(
          () => other,
          () => 'other',
        ),
      }),
    ).rejects.toThrow(REFUSAL);
    expect(await other.messageLog.devices(1)).toEqual(place);
    alice.says({ type: 'command', name: 'fetch', text: '' });
    await alice.sees({ type: 'answer', text: 'fetching' });
    await alice.seesNothing();
    expect(await bob.asks('message alice hi')).toBe('sent:');
    await alice.sees({ text: 'hi' });
    await expect(server.reload({ whoelse: false })).resolves.toMatchObject({ removed: ['whoelse'] });
  });

  test.each([
    ['says that they are others', () => String(Math.random())],
    ['does not say what they are', undefined],
  ])('for other contents of a plugin that %s', async (_which, identity) => {
    const store = reopenedStore(contents, identity);
    await using server = await startServer({ memory: false, store });
    await server.registers('bob');
    const alice = await server.joins('alice');
    await expect(server.reload({ store })).rejects.toThrow(REFUSAL);
    expect(await alice.asks('message bob still here')).toBe('sent:');
    await (await server.returns('bob')).hears('alice', 'still here');
  });

  test('that adds the first accounts, or removes the last', async () => {
    // A plugin's own accounts, with its own ids.
    const guests = definePlugin({
      name: 'guests',
      summary: 'Lets anyone in',
      setup: () => ({ hooks: { onUsername: (_session, name) => admit({ id: 1, name }) } }),
    });
    const off = [
      'password',
      'reset-codes',
      'change-password',
      'delete-account',
      'contact-policy',
      'rename',
      'ignore',
      'invitations',
      'registration',
      'lockout',
      'login-rate',
      'resume',
      'roles',
      'rooms',
      'reports',
      'approval',
      'room-log',
      'history',
      'edits',
      'reactions',
      'offline-messages',
      'markers',
      'mentions',
      'replies',
      'exports',
      'search',
      'wholast',
      'health',
      'fetch',
    ];
    const without = Object.fromEntries(['memory', ...off].map((name) => [name, false]));
    await using server = await startServer({ ...without, guests });
    const alice = server.connect();
    await alice.says('alice');
    await alice.sees('welcome');
    await expect(server.reload({ memory: true })).rejects.toThrow(REFUSAL);
    await using other = await startServer({ guests });
    await expect(other.reload(without)).rejects.toThrow(REFUSAL);
  });
});
