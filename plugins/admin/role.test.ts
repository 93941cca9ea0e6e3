import { PASSWORD } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { AuditedServer } from '../../test/support/audited-server.ts';

describe('the command role', () => {
  test('shows and replaces the roles of a user, at once, and is logged', async () => {
    await using audited = await AuditedServer.start();
    const { server } = audited;
    const root = await audited.joinsAs('admin', 'root');
    const bob = await server.joins('bob');
    expect(await root.asks('role BOB')).toBe('roles:none');
    expect(await bob.asks('kick root')).toBe('error:denied:kick');
    expect(await root.asks('role bob moderator game-master moderator')).toBe('roles:moderator game-master');
    expect(await root.asks('role bob')).toBe('roles:moderator game-master');
    expect(await bob.asks('kick root')).toBe('error:role:kick');
    expect(await root.asks('role bob none')).toBe('roles:none');
    expect(await bob.asks('kick root')).toBe('error:denied:kick');
    expect((await audited.accounts.find('bob'))?.roles).toEqual([]);
    expect(audited.audited).toEqual([
      { by: 'root', did: 'role', what: 'bob moderator game-master moderator', target: 'user:bob' },
      { by: 'root', did: 'role', what: 'bob none', target: 'user:bob' },
    ]);
  });

  test('is for admins, and for registered users other than oneself', async () => {
    await using audited = await AuditedServer.start({ guests: { rooms: 'join' } });
    const { server } = audited;
    const root = await audited.joinsAs('admin', 'root');
    const mo = await audited.joinsAs('moderator', 'mo');
    expect(await mo.asks('role mo admin')).toBe('error:denied:role');
    expect(await root.asks('role root')).toBe('roles:admin');
    for (const [line, answer] of [
      ['role root none', 'error:self:role'],
      ['role Root moderator', 'error:self:role'],
      ['role ghost admin', 'error:user:role'],
      ['role mo Admin', 'error:args:role'],
      ['role', 'error:args:role'],
    ] as const) {
      expect(await root.asks(line), line).toBe(answer);
    }
    const guest = server.connectJson();
    guest.says({ type: 'guest', name: 'gil' });
    await guest.sees({ type: 'welcome' });
    const [name] = (await root.asks('whoelse')).split(' ').filter((one) => one.includes('gil'));
    expect(await root.asks(`role ${name} admin`)).toBe('error:user:role');
  });

  test('leaves one of two admins who take the role from each other', async () => {
    await using audited = await AuditedServer.start();
    const [one, two] = [await audited.joinsAs('admin', 'one'), await audited.joinsAs('admin', 'two')];
    await Promise.all([one.says('role two none'), two.says('role one none')]);
    const answers = [await one.next(), await two.next()];
    expect(answers.filter((answer) => answer === 'roles:none')).toHaveLength(1);
    const admins = (await audited.accounts.list(0, 10)).filter(({ roles }) => roles.includes('admin'));
    expect(admins).toHaveLength(1);
  });

  test('tells the programs of the user that there are other commands', async () => {
    await using audited = await AuditedServer.start();
    const { server } = audited;
    const root = await audited.joinsAs('admin', 'root');
    await server.registers('bob');
    const bob = server.connectJson();
    await bob.logsIn('bob', PASSWORD);
    expect(await root.asks('role bob moderator')).toBe('roles:moderator');
    await bob.sees({ type: 'commands' });
    bob.says({ type: 'command', name: 'role', text: 'root' });
    await bob.sees({ type: 'error', reason: 'denied' });
  });
});
