import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Accounts, Rooms, withOptions } from 'chatserv';
import { type LineClient, PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import directoryLogin from '../../../examples/directory/login.ts';
import directoryStub from '../../../examples/directory/stub.ts';
import { accountsOf } from '../../../test/support/accounts.ts';
import { alteredMemory } from '../../../test/support/altered-memory.ts';
import { startProgram } from '../../../test/support/program.ts';

async function makeAdmin(server: TestServer, ...names: readonly string[]): Promise<void> {
  const accounts = accountsOf(server);
  for (const name of names) await accounts.setRoles((await accounts.find(name))?.id ?? 0, ['admin']);
}

/** Deletes the client's account. @returns the last line */
async function deletes(client: LineClient, messages: 'keep' | 'redact'): Promise<string> {
  await client.says(`delete-account ${messages}`, PASSWORD);
  await client.sees('password');
  return client.next();
}

describe('the last admin', () => {
  test('stays, and another may go', async () => {
    await using server = await startServer();
    const [ada, ben] = [await server.joins('ada'), await server.joins('ben')];
    await makeAdmin(server, 'ada');
    expect(await ada.asks('delete-account')).toBe('error:last-admin:delete-account');
    expect(await ada.asks('delete-account keep')).toBe('error:last-admin:delete-account');
    await makeAdmin(server, 'ben');
    expect(await deletes(ada, 'keep')).toBe('closing:removed');
    expect(await ben.asks('delete-account keep')).toBe('error:last-admin:delete-account');
  });

  test('is one of two who delete their accounts at the same moment', async () => {
    await using server = await startServer();
    const both = [await server.joins('ada'), await server.joins('ben')];
    await makeAdmin(server, 'ada', 'ben');
    const answers = await Promise.all(both.map((admin) => deletes(admin, 'keep')));
    expect(answers.toSorted()).toEqual(['closing:removed', 'error:last-admin:delete-account']);
  });
});

test('whoever posts meanwhile loses nothing that was answered sent:, and nor do those who keep their messages', async () => {
  await using server = await startServer({ 'single-session': false });
  await server.registers('alice', 'bob', 'carol');
  const alice = await server.returns('alice');
  const posting = await server.returns('alice');
  const bob = await server.returns('bob');
  const sent: string[] = [];
  for (let i = 0; i < 20; i++) await bob.says(`message carol bob ${i}`);
  for (let i = 0; i < 20; i++) await posting.says(`message carol alice ${i}`);
  await alice.says('delete-account keep', PASSWORD);
  for (let i = 0; i < 20; i++) expect(await bob.next()).toBe('sent:');
  for (let i = 0; (await posting.next()) === 'sent:'; i++) sent.push(`alice ${i}`);
  await alice.seesInOrder('password', 'closing:removed');
  const carol = await server.returns('carol');
  const got: string[] = [];
  for (let line = await carol.next(); !line.endsWith('bob 19'); line = await carol.next()) got.push(line);
  await carol.says('barrier');
  for (let line = await carol.next(); line !== 'error:command:barrier'; line = await carol.next()) got.push(line);
  for (let i = 0; i < 19; i++) expect(got.filter((line) => line.endsWith(`bob: bob ${i}`))).toHaveLength(1);
  for (const text of sent) expect(got.filter((line) => line.endsWith(`alice: ${text}`))).toHaveLength(1);
});

test('rooms that are left without an owner are listed, and their moderators act as owners then', async () => {
  await using server = await startServer();
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  for (const line of ['create #lab', 'create #town', 'create #attic private']) await alice.asks(line);
  for (const room of ['#lab', '#town']) {
    expect(await bob.asks(`join ${room}`)).toBe(`joined:${room}`);
    await alice.sees(/bob joined$/);
  }
  expect(await alice.asks('room-role #lab bob moderator')).toBe('done:');
  await bob.sees(/made bob a moderator$/);
  expect(await alice.asks('room-role #town bob owner')).toBe('done:');
  await bob.sees(/made bob an owner$/);
  const rooms = server.host.service(Rooms.service) as Rooms;
  const account = (await accountsOf(server).find('alice')) as NonNullable<Awaited<ReturnType<Accounts['find']>>>;
  expect((await rooms.lastOwned(account)).map(({ name }) => name)).toEqual(['attic', 'lab']);
  expect(await deletes(alice, 'keep')).toBe('closing:removed');
  await bob.sees(/alice left$/);
  await bob.sees(/alice left$/);
  expect(await bob.asks('room-rename #lab #den')).toBe('done:');
  expect(await bob.asks('create #attic')).toBe('created:#attic');
});

test('a store that cannot remove messages keeps them', async () => {
  const unable = alteredMemory(({ messageLog }) => ({ messageLog: { ...messageLog, removeFrom: undefined as never } }));
  await using server = await startServer({ memory: false, unable });
  const alice = await server.joins('alice');
  expect(await alice.asks('delete-account redact')).toBe('error:unsupported:delete-account');
  expect(await deletes(alice, 'keep')).toBe('closing:removed');
});

test('messages that could not be removed are removed at the next start', async () => {
  let isBroken = true;
  const broken = alteredMemory(({ messageLog }) => ({
    messageLog: {
      removeFrom: async (sender) => {
        if (isBroken) throw new Error('the disk is full');
        return (await messageLog.removeFrom?.(sender)) ?? 0;
      },
    },
  }));
  await using server = await startServer({ memory: false, broken });
  const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
  expect(await alice.asks('broadcast my secret')).toBe('sent:');
  await bob.hears('alice', 'my secret');
  expect(await deletes(alice, 'redact')).toBe('closing:removed');
  const history = async () => {
    await bob.says('history everyone');
    const lines: string[] = [];
    for (let line = await bob.next(); line !== 'end:history'; line = await bob.next()) lines.push(line);
    return lines;
  };
  expect(await history()).toHaveLength(1);
  expect(server.failures).toMatchObject([{ facts: { event: 'store-error' } }]);
  isBroken = false;
  await server.reload({ 'delete-account': false });
  await server.reload({ 'delete-account': true });
  await expect.poll(history).toEqual([]);
});

test("who logs in with a directory's password deletes the account with it", async () => {
  const directory = withOptions(directoryStub, { people: { boss: 'directory' } });
  await using server = await startServer({ directory, directoryLogin });
  const boss = server.connect('boss');
  await boss.logsIn('boss', 'directory');
  await boss.says('delete-account keep', 'directory');
  await boss.seesInOrder('password', 'closing:removed');
});

test('a server that is killed right after the answer has deleted the account, and deletes its messages', async () => {
  // The index of `search` follows within a minute or so.
  await using program = await startProgram({ plugins: { control: false, search: false } });
  const secret = 'the combination is 4711';
  await program.registers('bob');
  const alice = await program.joins('alice');
  for (const text of [`message bob ${secret}`, `broadcast ${secret}`]) expect(await alice.asks(text)).toBe('sent:');
  await alice.says('delete-account redact', PASSWORD);
  await alice.seesInOrder('password', 'closing:removed');
  await program.kill();
  await program.start();
  expect(await (await program.connect()).asks('alice')).toBe('register');
  const files = () => globSync('chat.db*', { cwd: program.folder }).map((file) => join(program.folder, file));
  const isGone = () => files().every((file) => !readFileSync(file).includes(secret));
  const bob = await program.returns('bob');
  await bob.says('history everyone');
  await bob.sees('end:history');
  await program.stop();
  expect(isGone()).toBe(true);
});
