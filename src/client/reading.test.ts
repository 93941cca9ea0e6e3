import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { expect, test, vi } from 'vitest';
import { Talk } from '../../test/support/talk.ts';
import { Reading, type Received } from './index.ts';

/** A conversation whose owner reads everything at once. */
class Reader extends Talk {
  readonly reading: Reading;

  constructor(server: TestServer, device: string) {
    super(server, as(device));
    this.reading = new Reading(() => this.conversation, server.clock);
  }

  override message(message: Received): void {
    super.message(message);
    this.reading.note(message.room ?? 1, message.id);
  }
}

const as = (device: string) => ({ login: { name: 'alice', password: PASSWORD }, device: { name: device } });

test('what was read is read on all devices, with one request for each room', async () => {
  await using server = await startServer({ timeouts: false });
  await server.registers('alice');
  const bob = await server.joins('bob');
  const alice = new Reader(server, 'desk');
  const phone = new Talk(server, as('phone'));
  await alice.is('online');
  await phone.is('online');
  const unread = async () => (await phone.conversation.command('unread')).facts?.totals;
  for (const text of ['one', 'two', 'three']) expect(await bob.asks(`broadcast ${text}`)).toBe('sent:');
  expect(await bob.asks('message alice psst')).toBe('sent:');
  await alice.shows('one', 'two', 'three', 'psst');
  const command = vi.spyOn(alice.conversation.rooms, 'markRead');
  expect(await unread()).toMatchObject({ unread: 4 });
  expect(alice.reading.isAhead(1)).toBe(true);
  server.clock.advance(1);
  await vi.waitFor(() => expect(alice.reading.isAhead(1)).toBe(false));
  await vi.waitFor(async () => expect(await unread()).toMatchObject({ unread: 0 }));
  expect(command).toHaveBeenCalledTimes(2);
});

test('a server without markers is asked nothing', async () => {
  await using server = await startServer({ markers: false });
  await server.registers('alice');
  const bob = await server.joins('bob');
  const alice = new Reader(server, 'desk');
  await alice.is('online');
  expect(await bob.asks('broadcast one')).toBe('sent:');
  await alice.shows('one');
  await vi.waitFor(() => expect(alice.conversation.commands).not.toEqual([]));
  const command = vi.spyOn(alice.conversation.rooms, 'markRead');
  await alice.reading.tell();
  expect(command).not.toHaveBeenCalled();
});
