import { definePlugin, Inbox, type MessageLog, type ServerEvent } from 'chatserv';
import { type JsonClient, type LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { alteredMemory } from '../../../test/support/altered-memory.ts';

const SEVERAL = { 'single-session': false, timeouts: false };

/** Alice on one of her devices. */
async function device(server: TestServer): Promise<JsonClient & { token: string }> {
  const client = server.connectJson();
  const token = await client.logsIn('alice', PASSWORD);
  return Object.assign(client, { token });
}

async function acknowledges(client: JsonClient, event: ServerEvent): Promise<void> {
  client.says({ type: 'acknowledge', id: (event as { id: number }).id });
  await client.seesNothing();
}

/** Bob, who writes to alice. */
async function teller(server: TestServer): Promise<LineClient & { tells(text: string): Promise<void> }> {
  await server.registers('alice');
  const bob = await server.joins('bob');
  return Object.assign(bob, {
    async tells(text: string) {
      expect(await bob.asks(`message alice ${text}`)).toBe('sent:');
    },
  });
}

/** Cuts a connection, and waits until so many of alice's sessions are left. */
async function isLost(server: TestServer, client: JsonClient, left: number): Promise<void> {
  await client.closes();
  const { online } = server.host.kernel.messages;
  const alice = online.find('alice');
  while (alice !== undefined && online.of(alice.id).length > left) await new Promise(setImmediate);
}

describe('a device that comes back with its token', () => {
  test('replaces its own lost session, and no other', async () => {
    await using server = await startServer(SEVERAL);
    const bob = await teller(server);
    const [laptop, phone] = [await device(server), await device(server)];
    const back = server.connectJson();
    await back.resumes(phone.token);
    await phone.sees({ type: 'closing', reason: 'replaced' });
    await laptop.seesNothing();
    await bob.tells('hi');
    await laptop.sees({ text: 'hi', repeat: false });
    await back.sees({ text: 'hi', repeat: false });
  });

  test('is refused if another one is connected and a user may be connected only once', async () => {
    await using server = await startServer({ timeouts: false });
    await server.registers('alice');
    const phone = await device(server);
    await isLost(server, phone, 0);
    const laptop = await device(server);
    const back = server.connectJson();
    back.says({ type: 'resume', token: phone.token });
    await back.sees({ type: 'ask', question: 'username', because: 'connected' });
    await laptop.seesNothing();
  });
});

describe('messages that a device has not acknowledged', () => {
  test('are delivered again to it after another one has acknowledged them, and to the others marked as repeated', async () => {
    await using server = await startServer(SEVERAL);
    const bob = await teller(server);
    const [laptop, phone] = [await device(server), await device(server)];
    await bob.tells('one');
    await acknowledges(laptop, await laptop.sees({ text: 'one' }));
    await phone.sees({ text: 'one' });
    await isLost(server, phone, 1);
    server.clock.advance(1);
    await bob.tells('two');
    await acknowledges(laptop, await laptop.sees({ text: 'two' }));

    const back = await device(server);
    await back.sees({ text: 'one', repeat: true });
    const two = await back.sees({ text: 'two', repeat: true });
    await acknowledges(back, two);
    await isLost(server, laptop, 1);
    await isLost(server, back, 0);
    const third = await device(server);
    await third.seesNothing();
  });

  test('stay queued while it is online and slow, even over a reload of the plugin', async () => {
    await using server = await startServer(SEVERAL);
    const bob = await teller(server);
    const [laptop, phone] = [await device(server), await device(server)];
    await bob.tells('one');
    await phone.sees({ text: 'one' });
    await acknowledges(laptop, await laptop.sees({ text: 'one' }));
    await isLost(server, laptop, 1);
    await server.reload({ 'offline-messages': { cursorTime: 100 } });
    server.clock.advance(1);
    const again = await device(server);
    await acknowledges(again, await again.sees({ text: 'one', repeat: true }));
    await isLost(server, phone, 1);
    await isLost(server, again, 0);
    // The one that has acknowledged it was online before the phone was lost.
    const third = await device(server);
    await third.sees({ text: 'one', repeat: true });
  });

  test('are dropped once a later session has acknowledged them', async () => {
    await using server = await startServer(SEVERAL);
    const bob = await teller(server);
    const [laptop, phone] = [await device(server), await device(server)];
    await bob.tells('one');
    await acknowledges(laptop, await laptop.sees({ text: 'one' }));
    await phone.sees({ text: 'one' });
    // The server does not know yet that the connection is lost.
    const back = server.connectJson();
    await back.resumes(phone.token);
    await acknowledges(back, await back.sees({ text: 'one', repeat: true }));
    await phone.sees({ type: 'closing', reason: 'replaced' });
    await isLost(server, laptop, 1);
    await isLost(server, back, 0);
    const third = await device(server);
    await third.seesNothing();
    await bob.seesNothing();
  });

  test('do not fill the inbox: they are given up once another session has had enough later ones', async () => {
    await using server = await startServer({ ...SEVERAL, 'offline-messages': { maxLostLag: 20 } });
    const bob = await teller(server);
    const [laptop, phone] = [await device(server), await device(server)];
    await bob.tells('first');
    await phone.sees({ text: 'first' });
    await acknowledges(laptop, await laptop.sees({ text: 'first' }));
    await isLost(server, phone, 1);
    for (let i = 0; i <= 20; i++) {
      await bob.tells(`${i}`);
      await acknowledges(laptop, await laptop.sees({ text: `${i}` }));
    }
    await isLost(server, laptop, 0);
    const back = await device(server);
    await back.seesNothing();
    expect(server.limitHits).toEqual({ 'waiting-for-lost': 1 });
  });

  test('are delivered again although a plain client, online at the same time, has read them', async () => {
    await using server = await startServer(SEVERAL);
    const bob = await teller(server);
    const phone = await device(server);
    const person = await server.returns('alice');
    await bob.tells('one');
    await person.hears('bob', 'one');
    await phone.sees({ text: 'one' });
    await isLost(server, phone, 1);
    await person.logsOut();
    const back = await device(server);
    await acknowledges(back, await back.sees({ text: 'one', repeat: true }));
    await isLost(server, back, 0);
    const later = await server.returns('alice');
    await later.seesNothing();
  });
});

test('an inbox is not full of what was read, also if the cursor is written while the store is asked for it', async () => {
  const asked = Promise.withResolvers<void>();
  const written = Promise.withResolvers<void>();
  let isWatched = false;
  const store = alteredMemory(({ messageLog }) => {
    const devices: MessageLog['devices'] = async (account) => {
      const found = (await messageLog.devices(account)).map((device) => ({ ...device }));
      if (!isWatched) return found;
      asked.resolve();
      await written.promise;
      return found;
    };
    const moveCursors: MessageLog['moveCursors'] = async (moves, now) => {
      await messageLog.moveCursors(moves, now);
      if (isWatched) setImmediate(written.resolve);
    };
    return { messageLog: { devices, moveCursors } };
  });
  await using server = await startServer({ memory: false, store, 'offline-messages': { maxQueuedPerSender: 1 } });
  await server.registers('bob');
  const alice = await server.joins('alice');
  expect(await alice.asks('message bob one')).toBe('sent:');
  const bob = await server.returns('bob');
  await bob.hears('alice', 'one');
  await bob.logsOut();
  isWatched = true;
  await alice.says('message bob two');
  await asked.promise;
  server.clock.advance(1);
  await alice.sees('sent:');
});

test('a stop waits for the cursors being written, and for those that have moved meanwhile', async () => {
  const begun = Promise.withResolvers<void>();
  const release = Promise.withResolvers<void>();
  const events: string[] = [];
  const store = alteredMemory(
    ({ messageLog }) => {
      const moveCursors: MessageLog['moveCursors'] = async (moves, now) => {
        begun.resolve();
        // The first write is slow.
        if (events.push('begun') === 1) await release.promise;
        await messageLog.moveCursors(moves, now);
        events.push('written');
      };
      return { messageLog: { moveCursors } };
    },
    () => void events.push('closed'),
  );
  // It stops before the plugins whose services it uses.
  const last = definePlugin({
    name: 'last',
    summary: 'Lets the slow write go on during the stop',
    needs: { inbox: Inbox },
    setup: () => ({ dispose: () => void setImmediate(release.resolve) }),
  });
  const server = await startServer({ memory: false, store, last });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.asks('message bob one');
  await bob.hears('alice', 'one');
  server.clock.advance(1);
  await begun.promise;
  await alice.asks('message bob two');
  await bob.hears('alice', 'two');
  await server[Symbol.asyncDispose]();
  expect(events).toEqual(['begun', 'written', 'begun', 'written', 'closed']);
  expect(server.failures).toEqual([]);
});
