import { createHmac } from 'node:crypto';
import { Accounts, definePlugin, MessageLog, Storage, withOptions } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import bot from '../../../examples/bot.ts';
import directoryLogin from '../../../examples/directory/login.ts';
import directoryStub from '../../../examples/directory/stub.ts';
import { accountsOf, idOf } from '../../../test/support/accounts.ts';
import { startProgram } from '../../../test/support/program.ts';
import { memoryStore } from '../../stores/memory/store.ts';
import { sign } from './token.ts';

/** Logs in and leaves. @returns a token */
async function tokenOf(server: TestServer, name: string): Promise<string> {
  const client = server.connectJson();
  const token = await client.logsIn(name, PASSWORD);
  await client.closes();
  return token;
}

async function isRefused(server: TestServer, token: string): Promise<void> {
  const client = server.connectJson();
  client.says({ type: 'resume', request: 1, token });
  await client.sees({ type: 'ask', request: 1, question: 'username', because: 'expired' });
  await client.closes();
}

async function isAccepted(server: TestServer, token: string): Promise<string> {
  const client = server.connectJson();
  const next = await client.resumes(token);
  await client.closes();
  return next;
}

/** As tokens were before: signed with the hash of the password. */
function forged(name: string, hash: string, now: number): string {
  const claim = `${Buffer.from(name).toString('base64url')}.${now + 86_400_000}`;
  return `${claim}.${createHmac('sha256', hash).update(`resume ${claim}`).digest('base64url')}`;
}

describe('an account without a password', () => {
  test("that is a bot's cannot be entered, neither with a token nor with a password", async () => {
    await using server = await startServer({ bot: withOptions(bot, { name: 'helper' }) });
    await isRefused(server, forged('helper', '', server.clock.now()));
    const stranger = server.connect();
    await stranger.says('helper');
    expect(await stranger.asks('')).not.toBe('welcome');
    for (const guess of ['', 'null', PASSWORD]) expect(await stranger.asks(guess)).not.toBe('welcome');
  });

  test("that is a directory's can be entered with a token that it was given, and with no other", async () => {
    const directory = withOptions(directoryStub, { people: { boss: PASSWORD } });
    await using server = await startServer({ password: false, registration: false, directory, directoryLogin });
    const token = await tokenOf(server, 'boss');
    await isRefused(server, forged('boss', '', server.clock.now()));
    await isAccepted(server, token);
  });

  test("that was a directory's cannot be entered once that login is off, or does not know the person", async () => {
    const directory = withOptions(directoryStub, { people: { boss: PASSWORD, ann: PASSWORD } });
    await using server = await startServer({ directory, directoryLogin });
    const [boss, ann] = [await tokenOf(server, 'boss'), await tokenOf(server, 'ann')];
    await server.reload({ directory: withOptions(directoryStub, { people: { boss: PASSWORD } }) });
    await isAccepted(server, boss);
    const client = server.connectJson();
    client.says({ type: 'resume', token: ann });
    await client.sees({ type: 'ask', question: 'username' });
    await server.reload({ directory: false, directoryLogin: false });
    await isRefused(server, boss);
  });
});

describe('a token expires', () => {
  test('after its lifetime, or a shorter one configured since', async () => {
    await using server = await startServer({ resume: { lifetime: 100 }, timeouts: false });
    await server.registers('alice');
    const token = await tokenOf(server, 'alice');
    server.clock.advance(50);
    await isAccepted(server, token);
    await server.reload({ resume: { lifetime: 40 } });
    await isRefused(server, token);
    await server.reload({ resume: { lifetime: 100_000 } });
    server.clock.advance(51);
    await isRefused(server, token);
  });

  test.each<[string, (accounts: Accounts, id: number) => Promise<unknown>]>([
    ['a new password', (accounts, id) => accounts.setHash(id, 'another')],
    ['a sign-out', (accounts, id) => accounts.signOut(id)],
    ['another signing key', (accounts) => accounts.signingKey(true)],
  ])('with %s', async (_what, end) => {
    await using server = await startServer();
    await server.registers('alice');
    const token = await tokenOf(server, 'alice');
    await isAccepted(server, token);
    await end(accountsOf(server), await idOf(server, 'alice'));
    await isRefused(server, token);
  });

  test('with its account, even if the name is registered again', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const token = await tokenOf(server, 'alice');
    await accountsOf(server).remove(await idOf(server, 'alice'));
    await isRefused(server, token);
    await server.registers('alice');
    await isRefused(server, token);
  });

  test('not with new roles, nor with a new hash of the same password', async () => {
    await using server = await startServer();
    await server.registers('alice');
    const token = await tokenOf(server, 'alice');
    await accountsOf(server).setRoles(await idOf(server, 'alice'), ['moderator']);
    await server.reload({ password: { memory: 8200, passes: 1 } });
    await tokenOf(server, 'alice');
    await isAccepted(server, token);
  });
});

test('the session that signs out everywhere and stays gets a valid token', async () => {
  await using server = await startServer({ 'single-session': false });
  await server.registers('alice');
  const [here, there] = [server.connectJson(), server.connectJson()];
  const old = await here.logsIn('alice', PASSWORD);
  await there.logsIn('alice', PASSWORD);
  const [session] = server.host.kernel.messages.online.of(await idOf(server, 'alice'));
  await accountsOf(server).signOut(await idOf(server, 'alice'), session);
  await there.sees({ type: 'closing', reason: 'signed-out' });
  const next = await here.seesToken();
  await here.closes();
  await isRefused(server, old);
  await isAccepted(server, next);
});

test('without a store for key and epochs, tokens last as long as the server and can be revoked', async () => {
  const old = definePlugin({
    name: 'old-store',
    summary: 'A store that was written before there were epochs',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup: ({ clock, hotState }) => ({
      provide: hotState('store', () => {
        const { accounts, messageLog, storage } = memoryStore(() => clock.now());
        const { get, signOut, signingKey, rename, find, ...rest } = accounts;
        const findOld: Accounts['find'] = async (name) => {
          const { epoch, ...account } = (await find(name)) ?? {};
          return 'id' in account ? (account as Awaited<ReturnType<Accounts['find']>>) : undefined;
        };
        return { accounts: { ...rest, find: findOld } as Accounts, messageLog, storage };
      }),
    }),
  });
  await using server = await startServer({ memory: false, old });
  await server.registers('alice', 'bob');
  const [token, other] = [await tokenOf(server, 'alice'), await tokenOf(server, 'bob')];
  await server.reload({ old });
  await isAccepted(server, token);
  await accountsOf(server).signOut(await idOf(server, 'alice'));
  await isRefused(server, token);
  await isAccepted(server, other);
  await expect(accountsOf(server).rename(await idOf(server, 'bob'), 'robert')).rejects.toThrow(
    'The store cannot rename accounts: update its plugin.',
  );
  await isAccepted(server, other);
  await accountsOf(server).setHash(await idOf(server, 'bob'), 'another');
  await isRefused(server, other);
});

test('a key that is too short is refused', async () => {
  const { accounts, messageLog, storage } = memoryStore(Date.now);
  accounts.signingKey = async () => new Uint8Array();
  const keyless = definePlugin({
    name: 'keyless',
    summary: 'A store whose key is empty',
    provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
    setup: () => ({ provide: { accounts, messageLog, storage } }),
  });
  await using server = await startServer({ memory: false, keyless });
  await server.registers('alice');
  const alice = server.connectJson();
  alice.says({ type: 'login', name: 'alice', password: PASSWORD });
  await alice.sees({ type: 'welcome' });
  await alice.seesNothing();
  const { id = 0, epoch = 0 } = (await accounts.find('alice')) ?? {};
  const now = server.clock.now();
  const claims = {
    account: id,
    epoch,
    device: 'x',
    deviceName: '',
    deviceEpoch: 0,
    provider: 'password',
    issued: now,
    expires: now + 1000,
  };
  const stranger = server.connectJson();
  stranger.says({ type: 'resume', token: sign(claims, new Uint8Array()) });
  await stranger.sees({ type: 'closing', reason: 'busy' });
});

test('a token survives a restart and a kill of the server', { timeout: 60_000 }, async () => {
  await using program = await startProgram();
  await program.registers('alice');
  const first = await program.connectJson();
  const token = await first.logsIn('alice', PASSWORD);
  await program.stop();
  await program.start();
  const second = await program.connectJson();
  const next = await second.resumes(token);
  await program.kill();
  await program.start();
  await (await program.connectJson()).resumes(next);
});
