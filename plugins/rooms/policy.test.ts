import { Accounts } from 'chatserv';
import { type LineClient, startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';
import { answer } from '../../test/support/answer.ts';

/** Everyone who may call a command: outside the room, in it with a role, or outside it as an admin of the server. */
const CALLERS = ['outsider', 'reader', 'member', 'speaker', 'moderator', 'owner', 'admin'] as const;

type Caller = (typeof CALLERS)[number];

/** Commands, and the least caller who may use each. */
const COMMANDS: readonly (readonly [line: string, least: Caller])[] = [
  ['room #lab', 'outsider'],
  ['topic #lab', 'outsider'],
  ['members #lab', 'reader'],
  ['topic #lab Tea', 'moderator'],
  ['invite #lab guest', 'moderator'],
  ['uninvite #lab guest', 'moderator'],
  ['room-mute #lab victim 10m', 'moderator'],
  ['room-unmute #lab victim', 'moderator'],
  ['room-ban #lab guest', 'moderator'],
  ['room-unban #lab guest', 'moderator'],
  ['room-bans #lab', 'moderator'],
  ['room-mutes #lab', 'moderator'],
  ['room-invitations #lab', 'moderator'],
  ['room-posting #lab members', 'moderator'],
  ['room-slow #lab off', 'moderator'],
  ['room-topics #lab moderators', 'moderator'],
  ['room-names #lab', 'moderator'],
  ['room-names-add #lab muted guest', 'moderator'],
  ['room-role #lab victim member', 'owner'],
  ['room-access #lab public', 'owner'],
  ['room-key #lab -', 'owner'],
  ['room-limit #lab off', 'owner'],
  ['room-rename #lab #lab', 'owner'],
  ['room-archive #lab', 'owner'],
  ['room-unarchive #lab', 'owner'],
];

/** The code of the refusal, or `allowed`. */
async function outcome(client: LineClient, line: string): Promise<string> {
  return /^error:([\w-]+):/.exec(await answer(client, line))?.[1] ?? 'allowed';
}

test('each role may do what the table says, and nothing above it', async () => {
  await using server = await startServer();
  await server.registers('guest');
  const boss = await server.joins('boss');
  expect(await boss.asks('create #lab')).toBe('created:#lab');
  const clients = new Map<Caller | 'victim', LineClient>();
  for (const name of [...CALLERS, 'victim'] as const) {
    const client = await server.joins(name);
    clients.set(name, client);
    if (name !== 'outsider' && name !== 'admin') expect(await answer(client, 'join #lab')).toBe('joined:#lab');
    if (name !== 'outsider' && name !== 'admin' && name !== 'member' && name !== 'victim') {
      expect(await answer(boss, `room-role #lab ${name} ${name}`)).toBe('done:');
    }
  }
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.setRoles((await accounts.find('admin'))?.id ?? 0, ['admin']);

  for (const [line, least] of COMMANDS) {
    const expected: string[] = [];
    const outcomes: string[] = [];
    for (const caller of CALLERS) {
      const isAllowed = CALLERS.indexOf(caller) >= CALLERS.indexOf(least);
      expected.push(`${caller}: ${isAllowed ? 'allowed' : caller === 'outsider' ? 'not-member' : 'role'}`);
      outcomes.push(`${caller}: ${await outcome(clients.get(caller) as LineClient, line)}`);
    }
    expect(outcomes, line).toEqual(expected);
  }

  // Posting takes a membership, even for an admin of the server.
  const posting = await Promise.all(
    CALLERS.map(async (caller) => outcome(clients.get(caller) as LineClient, 'message #lab hi')),
  );
  expect(posting).toEqual(['not-member', 'read-only', 'allowed', 'allowed', 'allowed', 'allowed', 'not-member']);
  expect(await answer(boss, 'room-posting #lab moderators')).toBe('done:');
  const limited = await Promise.all(
    CALLERS.map(async (caller) => outcome(clients.get(caller) as LineClient, 'message #lab hi')),
  );
  expect(limited).toEqual(['not-member', 'read-only', 'read-only', 'allowed', 'allowed', 'allowed', 'not-member']);
});

test('moderators act on lower roles only, and owners on everyone but themselves', async () => {
  await using server = await startServer();
  const boss = await server.joins('boss');
  expect(await boss.asks('create #lab')).toBe('created:#lab');
  const clients = new Map<string, LineClient>([['boss', boss]]);
  for (const [name, role] of [
    ['otherboss', 'owner'],
    ['mod', 'moderator'],
    ['othermod', 'moderator'],
    ['plain', 'member'],
    ['quiet', 'reader'],
  ] as const) {
    const client = await server.joins(name);
    clients.set(name, client);
    expect(await answer(client, 'join #lab')).toBe('joined:#lab');
    expect(await answer(boss, `room-role #lab ${name} ${role}`)).toBe('done:');
  }
  const mutedBy = async (caller: string) => {
    const outcomes: string[] = [];
    for (const target of ['boss', 'otherboss', 'mod', 'othermod', 'plain', 'quiet']) {
      outcomes.push(await outcome(clients.get(caller) as LineClient, `room-mute #lab ${target}`));
    }
    return outcomes;
  };
  expect(await mutedBy('mod')).toEqual(['role', 'role', 'self', 'role', 'allowed', 'allowed']);
  expect(await mutedBy('otherboss')).toEqual(['allowed', 'self', 'allowed', 'allowed', 'allowed', 'allowed']);
});
