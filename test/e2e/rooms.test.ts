import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openStore } from '../../plugins/stores/sqlite/store.ts';
import { answer, answerUntil } from '../support/answer.ts';
import { startProgram } from '../support/program.ts';

describe('rooms in a database', () => {
  test('survive kill -9, with roles, settings, bans, mutes and invitations', { timeout: 60_000 }, async () => {
    await using program = await startProgram();
    await program.registers('dora', 'eve');
    const [alice, bob, carol] = [
      await program.joins('alice'),
      await program.joins('bob'),
      await program.joins('carol'),
    ];
    for (const line of ['create #lab private', 'create #town', 'topic #lab Tea at four', 'room-slow #lab 1h']) {
      expect(await answer(alice, line)).not.toMatch(/^error/);
    }
    for (const name of ['bob', 'carol', 'dora']) {
      expect(await answer(alice, `invite #lab ${name}`)).toBe(`invited:${name}`);
    }
    expect(await answer(bob, 'join #lab')).toBe('joined:#lab');
    expect(await answer(carol, 'join #lab')).toBe('joined:#lab');
    for (const line of ['room-role #lab bob moderator', 'room-mute #lab carol 1h', 'room-ban #town eve']) {
      expect(await answer(alice, line)).toBe('done:');
    }
    expect(await answer(alice, 'room-rename #lab #attic')).toBe('done:');
    await program.kill();
    await program.start();

    const again = await program.returns('alice');
    expect(await answer(again, 'rooms')).toBe('#attic #town');
    expect(await answer(again, 'room #attic')).toBe(
      '#attic access:private posting:members slow:1h members:3 role:owner topic:Tea at four',
    );
    expect(await answer(again, 'members #attic')).toBe('alice:owner bob:moderator carol:member');
    expect(await answer(again, 'room-mutes #attic')).toBe('carol');
    expect(await answer(again, 'room-bans #town')).toBe('eve');
    expect(await answer(again, 'room-invitations #attic')).toBe('dora');
    const muted = await program.returns('carol');
    expect(await answer(muted, 'message #attic hi')).toBe('error:muted:message');
    const banned = await program.returns('eve');
    expect(await answer(banned, 'join #town')).toBe('error:banned:join');
    expect(await answer(banned, 'join #attic')).toBe('error:no-room:join');
    const invited = await program.returns('dora');
    expect(await answer(invited, 'join #attic')).toBe('joined:#attic');
    expect(program.stderr).toBe('');
  });

  test('follow what another process does to them', { timeout: 60_000 }, async () => {
    await using program = await startProgram();
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    expect(await answer(alice, 'create #lab')).toBe('created:#lab');
    expect(await answer(bob, 'join #lab')).toBe('joined:#lab');
    expect(await answer(bob, 'message #lab hi')).toBe('sent:');
    const other = await openStore({ file: join(program.folder, 'chat.db'), busyTimeout: 5000, now: Date.now });
    try {
      const { accounts, messageLog: log } = other;
      const account = (await accounts.find('bob'))?.id ?? 0;
      const { id = 0, facts = {} } = (await log.room('lab')) ?? {};
      const tells = async (room: number, change: object) => {
        const about = { kind: 'room', version: 1, counts: false, device: '', toSender: false };
        const body = JSON.stringify(change);
        await log.append([{ ...about, to: { room }, sender: 0, from: '*server*', body, time: Date.now() }]);
      };

      await log.join(id, account, 'reader', Date.now());
      await tells(id, { change: 'role', account, user: 'bob', role: 'reader' });
      await bob.sees(/ #lab \*server\*: the server made bob a reader$/);
      expect(await answer(bob, 'message #lab hi')).toBe('error:read-only:message');

      await log.setFacts(id, { ...facts, topic: 'From elsewhere', access: 'private' });
      await tells(id, { change: 'topic', topic: 'From elsewhere' });
      await bob.sees(/ #lab \*server\*: the server set the topic: From elsewhere$/);
      await answerUntil(bob, 'topic #lab', 'topic:#lab From elsewhere');

      await log.leave(id, account, Date.now());
      await answerUntil(bob, 'message #lab hi', 'error:no-room:message');

      await log.renameRoom(id, 'attic', Date.now());
      await answerUntil(alice, 'rooms', '#attic');

      // A room that appears without anyone in it, and one that someone joins.
      const town = await log.createRoom('town', { access: 'public' });
      await tells(town?.id ?? 0, { change: 'created' });
      await answerUntil(bob, 'rooms', '#town');
      const hall = await log.createRoom('hall', { access: 'private' });
      await log.join(hall?.id ?? 0, account, 'owner', Date.now());
      await answerUntil(bob, 'rooms', '#hall #town');

      await log.setFacts(id, { ...facts, deleted: true });
      await tells(id, { change: 'deleted' });
      await log.removeRoom(id);
      await answerUntil(alice, 'rooms', '#town');
      expect(await answer(alice, 'message #attic hi')).toBe('error:no-room:message');
    } finally {
      await other.close();
    }
    expect(program.stderr).toBe('');
  });

  test('an account that another process registers joins the declared rooms at its first login', {
    timeout: 60_000,
  }, async () => {
    await using program = await startProgram({
      plugins: { rooms: { declared: { '#lobby': { join: true, topic: 'Welcome' } } } },
    });
    const alice = await program.joins('alice');
    expect(await answer(alice, 'members #lobby')).toBe('alice:member');
    const other = await openStore({ file: join(program.folder, 'chat.db'), busyTimeout: 5000, now: Date.now });
    try {
      const hash = (await other.accounts.find('alice'))?.hash ?? '';
      await other.accounts.create('bob', hash);
    } finally {
      await other.close();
    }
    const bob = await program.returns('bob');
    expect(await answer(bob, 'members #lobby')).toBe('alice:member bob:member');
    expect(await answer(bob, 'leave #lobby')).toBe('left:#lobby');
    await bob.logsOut();
    const again = await program.returns('bob');
    expect(await answer(again, 'members #lobby')).toBe('error:not-member:members');
    expect(program.stderr).toBe('');
  });
});
