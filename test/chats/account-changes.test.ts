import { type AccountChange, Accounts, defineCommand, definePlugin, MessageLog, Storage } from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { memoryStore } from '../../plugins/stores/memory/store.ts';
import { accountsOf, idOf } from '../support/accounts.ts';

/** Pauses one step of one session until the test resumes it. */
function gate() {
  const [begun, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  return {
    begun: begun.promise,
    open: () => go.resolve(),
    async pass(): Promise<undefined> {
      begun.resolve();
      await go.promise;
    },
  };
}

/** Records how accounts change. */
function notebook() {
  const noted: string[] = [];
  const plugin = definePlugin({
    name: 'notebook',
    summary: 'Notes what becomes of accounts',
    setup: () => ({
      hooks: {
        async onAccountChange({ name }, change: AccountChange) {
          if (change !== 'registered') noted.push(`${name} ${change}`);
        },
      },
    }),
  });
  return { plugin, noted };
}

/** A store that the test changes behind the server's back, with a way to announce it. */
function shelf() {
  const { accounts, messageLog, storage } = memoryStore(Date.now);
  let tell: () => Promise<void> = async () => {};
  const plugin = definePlugin({
    name: 'shelf',
    summary: 'Keeps what others change too',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup({ server }) {
      tell = () => server.recheckAccounts();
      return { provide: { accounts, messageLog, storage } };
    },
  });
  const idOf = async (name: string) => (await accounts.find(name))?.id ?? 0;
  return { plugin, accounts, idOf, tell: () => tell() };
}

/** A command that moderators may call. */
const guarded = defineCommand({
  name: 'guarded',
  summary: 'Is for moderators',
  role: 'moderator',
  run: () => 'done',
});

describe('a removed account', () => {
  test('loses its sessions, and its name is free for the next one at once', async () => {
    const { plugin, noted } = notebook();
    await using server = await startServer({ notebook: plugin });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await accountsOf(server).remove(await idOf(server, 'bob'));
    await bob.sees('closing:removed');
    await bob.isClosed();
    expect(noted).toEqual(['bob removed']);
    const next = await server.joins('bob');
    await alice.says('who', 'message bob welcome');
    await alice.seesInOrder('alice bob', 'sent:');
    await next.hears('alice', 'welcome');
  });

  test('sends nothing more, not even a message that is being posted', async () => {
    const held = gate();
    const slow = definePlugin({
      name: 'slow',
      summary: 'Takes its time over what bob says',
      setup: () => ({ hooks: { onMessage: async ({ from }) => (from.name === 'bob' ? held.pass() : undefined) } }),
    });
    await using server = await startServer({ slow });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await bob.says('message alice am I here?');
    await held.begun;
    const id = await idOf(server, 'bob');
    await accountsOf(server).remove(id);
    held.open();
    await bob.sees('closing:removed');
    await alice.seesNothing();
    const log = server.host.service(MessageLog.service) as MessageLog;
    expect(await log.read(await idOf(server, 'alice'), 0, Number.MAX_SAFE_INTEGER, 10)).toEqual([]);
    const { posting } = server.host.kernel.messages;
    const posted = await posting.post({ from: { id, name: 'bob' }, to: ['alice'], text: 'nor later' });
    expect(posted).toEqual({ kind: 'refusal', reason: 'removed' });
  });

  test('is unchanged when the store could not remove it', async () => {
    const { plugin, accounts, idOf: shelvedId } = shelf();
    accounts.remove = () => Promise.reject(new Error('the disk is away'));
    await using server = await startServer({ memory: false, shelf: plugin });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    await expect(accountsOf(server).remove(await shelvedId('bob'))).rejects.toThrow('the disk is away');
    expect(await bob.asks('message alice hi')).toBe('sent:');
    await alice.hears('bob', 'hi');
  });
});

describe('a changed password', () => {
  test('closes the sessions of its account, and no others', async () => {
    const { plugin, noted } = notebook();
    await using server = await startServer({ notebook: plugin, 'single-session': false });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    const again = await server.returns('bob');
    await accountsOf(server).setHash(await idOf(server, 'bob'), 'another');
    await bob.sees('closing:signed-out');
    await again.sees('closing:signed-out');
    expect(await alice.asks('who')).toBe('alice');
    expect(noted).toEqual(['bob signed-out']);
  });

  test('keeps the session that changed it, also when accounts are rechecked', async () => {
    const change = definePlugin({
      name: 'change',
      summary: 'Changes a password',
      needs: { accounts: Accounts },
      setup: ({ accounts }) => ({
        commands: [
          {
            name: 'change',
            summary: 'Changes the password',
            async run({ session, account }) {
              await accounts.setHash(account.id, 'another', { by: session });
              return 'changed';
            },
          },
        ],
      }),
    });
    await using server = await startServer({ change, 'single-session': false });
    const here = await server.joins('alice');
    const there = await server.returns('alice');
    expect(await here.asks('change')).toBe('changed');
    await there.sees('closing:signed-out');
    await server.host.accountWatch.recheck();
    expect(await here.asks('who')).toBe('alice');
    await server.host.accountWatch.recheck();
    await accountsOf(server).signOut(await idOf(server, 'alice'));
    await here.sees('closing:signed-out');
  });

  test('is not undone by a login in progress', async () => {
    const held = gate();
    const slow = definePlugin({
      name: 'slow',
      summary: 'Admits slowly',
      setup: () => ({ hooks: { onAdmit: held.pass } }),
    });
    await using server = await startServer({ slow });
    await server.registers('alice');
    const guesser = server.connect();
    await guesser.says('alice', PASSWORD);
    await held.begun;
    await accountsOf(server).setHash(await idOf(server, 'alice'), 'another');
    held.open();
    await guesser.seesInOrder('password', 'username');
  });

  test('is checked against the new hash when it changes during the check', async () => {
    for (const [how, answer] of [
      ['changed', 'password'],
      ['hashed anew', 'welcome'],
    ] as const) {
      let done = false;
      const meanwhile = definePlugin({
        name: 'meanwhile',
        summary: 'Changes a password while it is checked',
        needs: { accounts: Accounts },
        setup: ({ accounts }) => ({
          hooks: {
            onPassword: {
              decide: {
                order: 'post',
                async handler(_session, { id }, secret) {
                  const { hash = '' } = (await accounts.get(id)) ?? {};
                  if (done) return hash === 'other' || secret !== PASSWORD ? 'wrong' : 'right';
                  done = true;
                  // As plugins do that don't know `rehashed`.
                  await accounts.setHash(id, how === 'changed' ? 'other' : hash);
                  return 'right';
                },
              },
            },
            onUsername: {
              decide: {
                order: 'pre',
                async handler(_session, name) {
                  const account = await accounts.find(name);
                  return account && { kind: 'password' as const, account };
                },
              },
            },
          },
        }),
      });
      await using server = await startServer({ meanwhile });
      await server.registers('alice');
      await server.reload({ password: false, registration: false });
      const alice = server.connect();
      await alice.says('alice', PASSWORD);
      await alice.seesInOrder('password', answer);
    }
  });
});

describe('a renamed account', () => {
  test('goes on under its new name where the client can be told, and is signed out where it cannot', async () => {
    const { plugin, noted } = notebook();
    await using server = await startServer({ notebook: plugin, 'single-session': false });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    const again = await server.returns('bob');
    const program = server.connectJson();
    const token = await program.logsIn('bob', PASSWORD);
    await bob.says('message alice before');
    await bob.sees('sent:');
    await alice.hears('bob', 'before');
    expect(await accountsOf(server).rename(await idOf(server, 'bob'), 'Robert', true)).toMatchObject({
      name: 'Robert',
    });
    for (const session of [bob, again]) await session.sees('closing:signed-out');
    await program.sees({ type: 'renamed', name: 'Robert', before: 'bob' });
    expect(noted).toEqual(['Robert renamed']);
    await alice.says('who', 'message robert still there?');
    await alice.seesInOrder('alice Robert', 'sent:');
    await program.sees({ type: 'message', text: 'still there?' });
    program.says({ type: 'message', request: 1, to: ['alice'], text: 'yes' });
    await program.sees({ type: 'answer', request: 1 });
    await alice.hears('Robert', 'yes');
    await program.closes();
    await alice.asksUntil('who', 'alice');
    expect(await alice.asks('message robert while away')).toBe('sent:');

    const resumed = server.connectJson();
    resumed.says({ type: 'resume', token });
    await resumed.sees({ type: 'welcome', name: 'Robert' });
    await resumed.closes();
    await alice.asksUntil('who', 'alice');
    const robert = await server.returns('ROBERT');
    // The program has acknowledged nothing.
    await robert.hears('alice', 'still there?');
    await robert.hears('alice', 'while away');
    await alice.says('who', 'message bob anybody?');
    await alice.seesInOrder('alice Robert', 'sent:bob');
    await robert.says('message alice after');
    await alice.hears('Robert', 'after');

    const next = await server.joins('bob');
    await alice.says('message bob welcome');
    await next.hears('alice', 'welcome');
    expect(noted).toEqual(['Robert renamed']);
  });

  test('keeps its name and stays online when the new name is taken', async () => {
    const { plugin, noted } = notebook();
    await using server = await startServer({ notebook: plugin });
    const [alice, bob] = [await server.joins('alice'), await server.joins('bob')];
    expect(await accountsOf(server).rename(await idOf(server, 'bob'), 'ALICE')).toBeUndefined();
    expect(await accountsOf(server).rename(await idOf(server, 'bob'), 'a1ice', true)).toBeUndefined();
    await bob.says('message alice hi');
    await alice.hears('bob', 'hi');
    expect(noted).toEqual([]);
  });

  test('comes online under its new name when it is renamed during the password check', async () => {
    const held = gate();
    const slow = definePlugin({
      name: 'slow',
      summary: 'Checks passwords slowly',
      setup: () => ({ hooks: { onPassword: { guard: held.pass } } }),
    });
    await using server = await startServer();
    await server.registers('bob');
    const alice = await server.joins('alice');
    await server.reload({ slow });
    const bob = server.connect();
    await bob.says('bob', PASSWORD);
    await held.begun;
    await accountsOf(server).rename(await idOf(server, 'bob'), 'robert');
    held.open();
    await bob.seesInOrder('password', 'welcome');
    expect(await alice.asks('who')).toBe('alice robert');
  });

  test('keeps its roles, its mute, its ban and its block: they belong to the account', async () => {
    await using server = await startServer({ admin: true, lockout: { attempts: 1 } });
    const [boss, bob] = [await server.joins('boss'), await server.joins('bob')];
    await accountsOf(server).setRoles(await idOf(server, 'boss'), ['admin']);
    await accountsOf(server).setRoles(await idOf(server, 'bob'), ['moderator']);
    const rename = async (name: string, to: string) => {
      expect(await accountsOf(server).rename(await idOf(server, name), to)).toMatchObject({ roles: ['moderator'] });
    };
    expect(await boss.asks('mute bob 1h')).toMatch(/^done:/);
    await rename('bob', 'robert');
    await bob.sees('closing:signed-out');
    const robert = await server.returns('robert');
    expect(await robert.asks('message boss hi')).toBe('error:muted:message');
    expect(await boss.asks('ban robert 1h')).toMatch(/^done:/);
    await robert.sees('closing:banned');
    await rename('robert', 'rupert');
    const banned = server.connect();
    expect(await banned.asks('rupert')).toBe('blocked:3600');
    expect(await boss.asks('unban rupert')).toMatch(/^done:/);
    const guesser = server.connect();
    await guesser.says('rupert', 'wrong');
    await guesser.sees('password');
    expect(await guesser.asks('')).toBe('60');
    await rename('rupert', 'rob');
    const blocked = server.connect();
    expect(await blocked.asks('rob')).toBe('blocked:60');
  });
});

test('revoked roles are gone for the next command, and plugins that cache roles are notified', async () => {
  const { plugin, noted } = notebook();
  await using server = await startServer({ notebook: plugin, guarded });
  const bob = await server.joins('bob');
  await accountsOf(server).setRoles(await idOf(server, 'bob'), ['moderator']);
  expect(await bob.asks('guarded')).toBe('done');
  await accountsOf(server).setRoles(await idOf(server, 'bob'), []);
  await bob.says('guarded', 'who');
  await bob.seesInOrder('error:denied:guarded', 'bob');
  expect(noted).toEqual(['bob roles', 'bob roles']);
});

describe('a change by another process', () => {
  test('takes effect for sessions online when the store announces it, and affects no others', async () => {
    const { plugin, accounts, idOf, tell } = shelf();
    const { plugin: notes, noted } = notebook();
    await using server = await startServer({ memory: false, shelf: plugin, notebook: notes, guarded });
    const [alice, bob, carol] = [await server.joins('alice'), await server.joins('bob'), await server.joins('carol')];
    const dave = await server.joins('dave');
    await accounts.rename(await idOf('dave'), 'david');
    await accounts.remove(await idOf('alice'));
    await accounts.signOut(await idOf('bob'));
    await accounts.setRoles(await idOf('carol'), ['moderator']);
    await tell();
    await alice.sees('closing:removed');
    await bob.sees('closing:signed-out');
    await dave.sees('closing:signed-out');
    expect(await carol.asks('guarded')).toBe('done');
    expect(noted.toSorted()).toEqual(['alice removed', 'bob signed-out', 'carol roles', 'david renamed']);
    await tell();
    expect(noted).toHaveLength(4);
    await server.returns('david');
    expect(await carol.asks('who')).toBe('carol david');
  });

  test('takes effect for a login in progress', async () => {
    const { plugin, accounts, idOf, tell } = shelf();
    const held = gate();
    const slow = definePlugin({
      name: 'slow',
      summary: 'Admits slowly',
      setup: () => ({ hooks: { onAdmit: held.pass } }),
    });
    await using server = await startServer({ memory: false, shelf: plugin, slow });
    await server.registers('alice', 'bob');
    const [alice, bob] = [server.connect(), server.connect()];
    await alice.says('alice', PASSWORD);
    await bob.says('bob', PASSWORD);
    await held.begun;
    await bob.sees('password');
    await accounts.signOut(await idOf('alice'));
    await tell();
    held.open();
    await alice.seesInOrder('password', 'username');
    await bob.sees('welcome');
  });

  test('is found by the next recheck when the store could not be read', async () => {
    const { plugin, accounts, idOf, tell } = shelf();
    await using server = await startServer({ memory: false, shelf: plugin });
    const alice = await server.joins('alice');
    await accounts.signOut(await idOf('alice'));
    const { get } = accounts;
    accounts.get = () => Promise.reject(new Error('the disk is away'));
    await expect(tell()).rejects.toThrow('the disk is away');
    expect(await alice.asks('who')).toBe('alice');
    expect(server.failures.map(({ text }) => text)).toEqual(['cannot re-read the accounts of open sessions']);
    accounts.get = get;
    await tell();
    await alice.sees('closing:signed-out');
  });
});
