import { Accounts, MessageLog } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { alteredMemory } from '../../test/support/altered-memory.ts';
import { answer } from '../../test/support/answer.ts';
import { enters } from '../../test/support/guests.ts';

/** The members of the big room: enough that listing them would show. */
const CROWD = 2000;

test('joining, posting and leaving cost the same in a big room, and list no members', async () => {
  let calls: string[] = [];
  const counting = alteredMemory(({ messageLog }) => ({
    messageLog: Object.fromEntries(
      Object.entries(messageLog).map(([name, method]) => [
        name,
        (...args: unknown[]) => {
          calls.push(name);
          return (method as (...all: unknown[]) => unknown)(...args);
        },
      ]),
    ),
  }));
  await using server = await startServer({ memory: false, counting });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.asks('create #small');
  await alice.asks('create #big');
  const log = server.host.service(MessageLog.service) as MessageLog;
  const accounts = server.host.service(Accounts.service) as Accounts;
  const { id = 0 } = (await log.room('big')) ?? {};
  for (let i = 0; i < CROWD; i++) {
    const account = await accounts.create(`user${i}`, '');
    await log.join(id, account?.id ?? 0, 'member', server.clock.now());
  }
  expect(await answer(alice, 'room #big')).toContain(`members:${CROWD + 1} `);
  const costOf = async (room: string) => {
    calls = [];
    for (const line of [`join ${room}`, `message ${room} hi`, `room ${room}`, 'rooms', `leave ${room}`]) {
      expect(await answer(bob, line)).not.toMatch(/^error/);
    }
    return calls;
  };
  await costOf('#small');
  const small = await costOf('#small');
  expect(await costOf('#big')).toEqual(small);
  expect(small).not.toContain('members');
});

test('a message to a room asks the store for nothing but to append it', async () => {
  let calls: string[] = [];
  const counting = alteredMemory(({ messageLog, storage }) => ({
    messageLog: {
      append: (...args) => {
        calls.push('append');
        return messageLog.append(...args);
      },
      member: (...args) => {
        calls.push('member');
        return messageLog.member(...args);
      },
      room: (...args) => {
        calls.push('room');
        return messageLog.room(...args);
      },
    },
    storage: {
      open(name, schema) {
        const collection = storage.open(name, schema);
        return {
          ...collection,
          get(key) {
            calls.push(`${name}.get`);
            return collection.get(key);
          },
        };
      },
    },
  }));
  await using server = await startServer({ memory: false, counting });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  await alice.asks('create #lab');
  await answer(bob, 'join #lab');
  await answer(bob, 'message #lab one');
  calls = [];
  expect(await answer(bob, 'message #lab two')).toBe('sent:');
  expect(calls).toEqual(['append']);
  // Until something about him changes.
  await answer(alice, 'room-mute #lab bob 1m');
  calls = [];
  expect(await answer(bob, 'message #lab three')).toBe('error:muted:message');
  expect(calls).toEqual(expect.arrayContaining(['member', 'room-mutes.get']));
});

test('a guest who leaves costs no look at all rooms', async () => {
  let pages = 0;
  const counting = alteredMemory(({ messageLog }) => ({
    messageLog: {
      rooms(...args) {
        pages++;
        return messageLog.rooms(...args);
      },
    },
  }));
  const rooms = { declared: { '#lab': {} } };
  await using server = await startServer({
    memory: false,
    counting,
    rooms,
    guests: { rooms: 'join' },
    registration: false,
  });
  const kim = await enters(server, 'kim');
  const gil = await enters(server, 'gil');
  for (const guest of [kim, gil]) expect(await guest.asks('join #lab')).toBe('joined:#lab');
  await kim.sees(/gil\[guest\] joined$/);
  pages = 0;
  await gil.logsOut();
  await kim.sees(/gil\[guest\] left$/);
  // The next guest of the name waits until the account is removed.
  await enters(server, 'gil');
  expect(pages).toBe(0);
  expect(await answer(kim, 'room #lab')).toContain('members:1 ');
});
