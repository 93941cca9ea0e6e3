import type { JsonClient } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../plugins/stores/postgres/store.ts';
import { answer } from '../support/answer.ts';
import { useNats } from '../support/nats.ts';
import { NATS } from '../support/nats-program.ts';
import { usePostgres } from '../support/postgres.ts';
import { POSTGRES } from '../support/postgres-programs.ts';
import { PASSWORD, type Program } from '../support/program.ts';
import { startTwo } from '../support/two-servers.ts';

/** How long a server may take on a busy machine to learn who is online on another one. */
const SOON = { timeout: 15_000 };

describe.runIf(POSTGRES !== undefined && NATS !== undefined)('on two servers', () => {
  const database = usePostgres();
  const nats = useNats();

  async function login(program: Program, device: string): Promise<JsonClient> {
    const client = await program.connectJson();
    client.says({ type: 'login', name: 'alice', password: PASSWORD, device });
    await client.sees({ type: 'welcome' });
    await client.seesToken();
    return client;
  }

  /** Calls a command, and reads past events to its answer. @returns the answer */
  async function calls(client: JsonClient, name: string, text: string) {
    client.says({ type: 'command', name, text });
    for (;;) {
      const event = await client.next();
      if (event.type === 'answer' || event.type === 'error') return event;
    }
  }

  /** Reads past other events to one of this type. */
  async function hears(client: JsonClient, type: string) {
    for (;;) {
      const event = await client.next();
      if (event.type === type) return event;
    }
  }

  /**
   * Calls a command again and again until another device hears of it: its server learns in a moment that the user is on
   * the other one, too.
   */
  async function reaches(
    from: JsonClient,
    command: readonly [name: string, text: string],
    to: JsonClient,
    type: string,
  ) {
    let heard: object | undefined;
    const hearing = hears(to, type).then((event) => {
      heard = event;
    });
    await expect.poll(async () => (await calls(from, ...command)).type === 'answer' && heard, SOON).toBeTruthy();
    await hearing;
    return heard;
  }

  test('the devices of a user learn what was read, set and left on another one', { timeout: 60_000 }, async () => {
    await using both = await startTwo(database, nats);
    await both.first.registers('alice');
    const [phone, laptop] = [await login(both.first, 'phone'), await login(both.second, 'laptop')];
    const bob = await both.first.joins('bob');
    expect(await answer(bob, 'create #tea')).toBe('created:#tea');
    await bob.sees(/messages are kept for/);
    await expect.poll(async () => (await calls(laptop, 'join', '#tea')).type, SOON).toBe('answer');
    await bob.sees(/alice joined$/);
    expect(await answer(bob, 'message #tea a cup?')).toBe('sent:');
    const { room } = (await hears(phone, 'message')) as unknown as { room: number };

    expect(await reaches(phone, ['notify', '#tea mentions'], laptop, 'notify')).toMatchObject({
      room,
      level: 'mentions',
    });
    expect(await reaches(laptop, ['notify', '#tea nothing'], phone, 'notify')).toMatchObject({
      room,
      level: 'nothing',
    });
    expect(await calls(phone, 'read', '#tea')).toMatchObject({ type: 'answer' });
    expect(await hears(laptop, 'marker')).toMatchObject({ room, unread: 0 });
    expect(await calls(laptop, 'leave', '#tea')).toMatchObject({ type: 'answer' });
    expect(await hears(phone, 'left')).toMatchObject({ room, roomName: '#tea' });
  });

  test('moderators are told of reports, whichever server they are on', { timeout: 60_000 }, async () => {
    const { now, ...postgres } = database.options();
    await using both = await startTwo(database, nats, { postgres });
    await both.first.registers('mod');
    const store = await openStore({ ...postgres, now });
    await store.accounts.setRoles((await store.accounts.find('mod'))?.id ?? 0, ['moderator']);
    await store.close();
    const [alice, mod] = [await both.first.joins('alice'), await both.second.returns('mod')];
    const bob = await both.first.joins('bob');
    await expect.poll(async () => (await answer(alice, 'who')).split(' ').sort().join(' '), SOON).toBe('alice bob mod');
    expect(await answer(bob, 'broadcast buy now')).toBe('sent:');
    await mod.hears('bob', 'buy now');
    expect(await answer(alice, 'report bob spam')).toMatch(/^reported:\d+$/);
    await mod.sees(/alice reported message \d+ of bob: spam$/);
    await mod.seesNothing();
  });
});
