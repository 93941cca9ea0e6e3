import { Accounts, askPassword, claimBot, definePlugin, withOptions } from 'chatserv';
import { PASSWORD, startServer, type TestPlugins, type TestServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import bot from '../../examples/bot.ts';
import directoryLogin from '../../examples/directory/login.ts';
import directoryStub from '../../examples/directory/stub.ts';
import { memoryStore } from '../../plugins/stores/memory/store.ts';
import openDoor from '../support/open-door.ts';

const helper = withOptions(bot, { name: 'helper', answers: { open: 'from 9 to 5' } });

async function removes(server: TestServer, name: string): Promise<void> {
  const accounts = server.host.service(Accounts.service) as Accounts;
  await accounts.remove((await accounts.find(name))?.id ?? 0);
}

describe("a bot's name", () => {
  test('is not that of a person, who goes on getting her messages', async () => {
    await using server = await startServer();
    await server.registers('zoe');
    await expect(server.reload({ bot: withOptions(bot, { name: 'Zoe' }) })).rejects.toThrow(
      /The name 'zoe' belongs to a user: give the bot another one\./,
    );
    const ada = await server.joins('ada');
    expect(await ada.asks('message zoe hello')).toBe('sent:');
    const zoe = await server.returns('zoe');
    await zoe.hears('ada', 'hello');
    await ada.seesNothing();
  });

  test.each([
    [
      'looks like that of a person',
      'z0e',
      "The name 'z0e' looks like that of the user 'zoe': give the bot another one.",
    ],
    ['no user may have', 'a:b', "The name 'a:b' cannot be used (characters): give the bot another one."],
  ])('is none that %s', async (_what, name, sentence) => {
    const { accounts } = memoryStore(Date.now);
    await accounts.create('zoe', 'hash');
    await expect(claimBot(accounts, name)).rejects.toThrow(sentence);
    expect(await accounts.find(name)).toBeUndefined();
  });

  test('is not that of an account that a directory may log in to, and it says what to do with an old one', async () => {
    const { accounts } = memoryStore(Date.now);
    await accounts.create('helper', '');
    await expect(claimBot(accounts, 'helper')).rejects.toThrow(/belongs to a user: .*chatserv user remove helper\)\.$/);
  });

  test('is claimed again by the same account', async () => {
    const { accounts } = memoryStore(Date.now);
    const { account } = await claimBot(accounts, 'helper');
    expect((await claimBot(accounts, 'HELPER')).account).toEqual(account);
  });
});

describe("a bot's account", () => {
  test('can be neither logged in to nor registered', async () => {
    await using server = await startServer({ helper });
    const stranger = server.connect();
    await stranger.says('helper', 'Helper', 'he1per', PASSWORD);
    await stranger.seesInOrder('username', 'username', 'username', 'register');
    const program = server.connectJson();
    for (const type of ['login', 'register'] as const) {
      program.says({ type, name: 'helper', password: PASSWORD });
      await program.sees({ type: 'ask', question: 'username', reason: 'taken' });
    }
  });

  test('is refused to whoever another login plugin lets in', async () => {
    const anyPassword = definePlugin({
      name: 'any-password',
      summary: 'Takes any password',
      needs: { accounts: Accounts },
      setup: ({ accounts }) => ({
        hooks: {
          async onUsername(_session, name) {
            const account = await accounts.find(name);
            return account && askPassword(account);
          },
          onPassword: () => 'right' as const,
        },
      }),
    });
    const directory = withOptions(directoryStub, { people: { helper: PASSWORD } });
    const logins: TestPlugins[] = [{ openDoor }, { anyPassword }, { directory, directoryLogin }];
    for (const plugins of logins) {
      await using server = await startServer({ helper, password: false, registration: false, ...plugins });
      const stranger = server.connect();
      await stranger.says('helper');
      if (!('openDoor' in plugins)) {
        await stranger.sees('password');
        await stranger.says(PASSWORD);
      }
      await stranger.sees('username');
      expect(server.host.kernel.messages.online.accounts()).toEqual([]);
    }
  });

  test('takes no messages when it was removed: a person may have the name', async () => {
    await using server = await startServer({ helper });
    const ada = await server.joins('ada');
    await ada.says('message helper when are you open?');
    await ada.sees('sent:');
    await ada.hears('helper', 'from 9 to 5');
    await removes(server, 'helper');
    expect(await ada.asks('message helper open?')).toBe('sent:helper');
    const person = await server.joins('helper');
    await person.logsOut();
    expect(await ada.asks('message helper open?')).toBe('sent:');
    await (await server.returns('helper')).hears('ada', 'open?');
    await ada.seesNothing();
  });
});

describe('a bot that is online', () => {
  test('is among those who are, for as long as its plugin is there, and programs learn of it', async () => {
    await using server = await startServer();
    const [ada, ben] = [await server.joins('ada'), server.connectJson()];
    await server.registers('ben');
    await ben.logsIn('ben', PASSWORD);
    ben.says({ type: 'command', name: 'watch', text: '' });
    await ben.sees({ type: 'answer', facts: { names: ['ada', 'ben'] } });
    await server.reload({ helper });
    expect(await ada.asks('who')).toBe('ada ben helper');
    expect(await ada.asks('whoelse')).toBe('ben helper');
    server.clock.advance(1);
    await ben.sees({ type: 'presence', came: ['helper'], left: [] });
    // One that takes its place leaves nobody the impression that it had gone.
    await server.reload({ helper: withOptions(bot, { name: 'helper', answers: {} }) });
    expect(await ada.asks('who')).toBe('ada ben helper');
    await server.reload({ helper: false });
    await ada.asksUntil('who', 'ada ben');
    server.clock.advance(1);
    await ben.sees({ type: 'presence', came: [], left: ['helper'] });
  });

  test('is no session: nothing is sent to it, and its name is not one that is connected', async () => {
    await using server = await startServer({ helper, broadcast: { to: 'online' } });
    const ada = await server.joins('ada');
    expect(await ada.asks('broadcast open')).toBe('sent:');
    await ada.seesNothing();
    const stranger = server.connect();
    expect(await stranger.asks('helper')).toBe('username');
    await removes(server, 'helper');
    expect(await ada.asks('who')).toBe('ada');
  });
});
