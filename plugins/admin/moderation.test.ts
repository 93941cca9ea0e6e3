import { PASSWORD } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { AuditedServer } from '../../test/support/audited-server.ts';

describe('a moderator', () => {
  test('cannot act on an admin', async () => {
    await using audited = await AuditedServer.start();
    const { server } = audited;
    const mo = await audited.joinsAs('moderator', 'mo');
    const root = await audited.joinsAs('admin', 'root');
    for (const command of ['kick', 'mute', 'unmute']) {
      expect(await mo.asks(`${command} root`)).toBe(`error:role:${command}`);
    }
    await root.seesNothing();
    expect(await root.asks('message mo hi')).toBe('sent:');
    await mo.hears('root', 'hi');
    // What the role allows, and not who had it first, counts.
    await audited.give('root');
    expect(await mo.asks('kick root')).toBe('done:1');
    await root.sees('closing:kicked');
    await server.returns('root');
    expect(audited.audited).toEqual([{ by: 'mo', did: 'kick', what: 'root', target: 'user:root' }]);
  });

  test('can act on users and other moderators, and an admin on everyone', async () => {
    await using audited = await AuditedServer.start();
    const [mo, bob] = [await audited.joinsAs('moderator', 'mo'), await audited.server.joins('bob')];
    const [root, ada] = [await audited.joinsAs('admin', 'root'), await audited.joinsAs('admin', 'ada')];
    const other = await audited.joinsAs('moderator', 'other');
    await mo.says('kick bob', 'mute other');
    await mo.seesInOrder('done:1', 'done:');
    await bob.sees('closing:kicked');
    expect(await other.asks('broadcast hi')).toBe('error:muted:broadcast');
    expect(await other.asks('unmute other')).toBe('error:self:unmute');
    expect(await root.asks('kick ada')).toBe('done:1');
    await ada.sees('closing:kicked');
  });

  test.each(['kick', 'mute', 'unmute', 'ban'])('%s of oneself is refused', async (command) => {
    await using audited = await AuditedServer.start();
    const root = await audited.joinsAs('admin', 'root');
    expect(await root.asks(`${command} ROOT`)).toBe(`error:self:${command}`);
    expect(await root.asks('who')).toBe('root');
  });
});

describe('unblock', () => {
  const plugins = { lockout: { attempts: 2, lockoutDuration: 600 } };

  async function isBlocked({ server }: AuditedServer, address: string): Promise<void> {
    const guesser = server.connect('a guesser', address);
    await guesser.says('bob', 'wrong', 'wrong');
    await guesser.seesInOrder('password', 'password', '600');
  }

  test('lets a blocked user log in from anywhere, and is logged', async () => {
    await using audited = await AuditedServer.start(plugins);
    const { server } = audited;
    await server.registers('bob');
    const mo = await audited.joinsAs('moderator', 'mo');
    await isBlocked(audited, '192.0.2.1');
    await isBlocked(audited, '2001:db8::1');
    expect(await server.connect().asks('bob')).toBe('blocked:600');
    expect(await mo.asks('unblock BOB')).toBe('done:2');
    await (await server.returns('bob')).logsOut();
    await server.returns('bob', '2001:db8::1');
    expect(await mo.asks('unblock bob')).toBe('done:0');
    expect(await mo.asks('unblock nobody')).toBe('error:user:unblock');
    expect(audited.audited[0]).toEqual({ by: 'mo', did: 'unblock', what: 'BOB', target: 'user:bob' });
  });

  test('lifts neither a ban nor a mute', async () => {
    await using audited = await AuditedServer.start(plugins);
    const { server } = audited;
    await server.registers('bob');
    const root = await audited.joinsAs('admin', 'root');
    await root.says('ban bob 1m', 'mute bob');
    await root.seesInOrder('done:0', 'done:');
    expect(await root.asks('unblock bob')).toBe('done:0');
    expect(await server.connect().asks('bob')).toBe('blocked:60');
  });

  test('requires a role', async () => {
    await using audited = await AuditedServer.start(plugins);
    const alice = await audited.server.joins('alice');
    expect(await alice.asks('unblock alice')).toBe('error:denied:unblock');
  });

  test('is refused while the plugin lockout is off', async () => {
    await using audited = await AuditedServer.start({ lockout: false });
    const mo = await audited.joinsAs('moderator', 'mo');
    expect(await mo.asks('unblock mo')).toBe('error:unsupported:unblock');
  });
});

test('the audit log escapes controls, direction marks and line ends', async () => {
  await using audited = await AuditedServer.start();
  const { server } = audited;
  await server.registers('bob', 'root');
  await audited.give('root', 'admin');
  const root = server.connectJson();
  await root.logsIn('root', PASSWORD);
  const evil = 'bob \u001b[2J\u009b1A\u007f\u202e\u2066\u2028\u200b\u{e0041}';
  root.says({ type: 'command', name: 'announce', text: evil });
  await root.sees({ type: 'message' });
  const { audit } = audited;
  expect(audit).not.toMatch(/[^\P{C}\n]|[\p{Zl}\p{Zp}]/u);
  expect(audit).toMatch(/^.*\\u202e\\u2066.*\\udb40\\udc41.*\n$/);
  expect((JSON.parse(audit) as { what: string }).what).toContain('\u202e\u2066');
});

test('a program is told in a sentence why a command failed', async () => {
  await using audited = await AuditedServer.start({ message: { maxRecipients: 2, maxLength: 10 } });
  const { server } = audited;
  await server.registers('bob', 'root', 'mo');
  await audited.give('root', 'admin');
  await audited.give('mo', 'moderator');
  const [root, mo] = [server.connectJson(), server.connectJson()];
  await root.logsIn('root', PASSWORD);
  await mo.logsIn('mo', PASSWORD);
  const refusals: [typeof root, string, object, string, string][] = [
    [root, 'kick', { user: 'ghost' }, 'user', "There is no user 'ghost'."],
    [root, 'ban', { target: 'root' }, 'self', 'You cannot ban yourself.'],
    [mo, 'mute', { user: 'root' }, 'role', 'Only an admin can mute an admin.'],
    [root, 'ban', { target: 'bob', time: 0 }, 'args', "'time' must be a whole number of seconds, at least 1."],
    [
      root,
      'ban',
      { target: '198.51.100.7', purge: 'purge' },
      'args',
      'Only a user can be purged: an address has no messages.',
    ],
    [
      root,
      'message',
      { to: ['bob', 'mo', 'root'], text: 'hi' },
      'too-many',
      'A message can have at most 2 recipients.',
    ],
    [root, 'message', { to: ['bob'], text: '12345678901' }, 'too-long', 'A message can have at most 10 characters.'],
  ];
  for (const [who, name, values, reason, message] of refusals) {
    who.says({ type: 'command', name, values: { ...values } });
    await who.sees({ type: 'error', about: name, reason, message });
  }
  root.says({ type: 'command', name: 'mute', values: { user: 'mo', time: 90 } });
  await root.sees({ type: 'answer', text: 'done:' });
  mo.says({ type: 'message', to: 'everyone', text: 'hi' });
  await mo.sees({ type: 'error', reason: 'muted', about: 'broadcast', message: 'You are muted for now.' });
  expect(audited.audited).toEqual([{ by: 'root', did: 'mute', what: 'mo 90s', target: 'user:mo' }]);
});
