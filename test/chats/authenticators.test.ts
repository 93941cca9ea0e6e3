import {
  type Account,
  Accounts,
  Authenticator,
  defineCommand,
  definePlugin,
  LoginDialogue,
  type Plugin,
} from 'chatserv';
import { PASSWORD, startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';

/** An authenticator for the users of a domain, who share one secret. */
function domain(name: string, secret: string): Plugin {
  return definePlugin({
    name,
    summary: `Logs in the users of ${name}`,
    needs: { accounts: Accounts },
    provides: { authenticator: Authenticator },
    setup({ accounts }) {
      const isOwn = (user: string) => user.startsWith(name);
      const authenticator: Authenticator = {
        identify: async (user) =>
          isOwn(user) ? ((await accounts.find(user)) ?? (await accounts.create(user, ''))) : undefined,
        verify: async ({ name: user }: Account, given) =>
          isOwn(user) ? (given === secret ? 'right' : 'wrong') : undefined,
      };
      return { provide: { authenticator } };
    },
  });
}

describe('several authenticators', () => {
  test('check the secrets of their own users, and the standard one those of all other users', async () => {
    await using server = await startServer({ north: domain('north', 'aurora'), south: domain('south', 'penguin') });
    await server.registers('alice');
    for (const [user, secret] of [
      ['northerner', 'aurora'],
      ['southerner', 'penguin'],
      ['alice', PASSWORD],
    ] as const) {
      const client = server.connect();
      await client.says(user, 'wrong', secret);
      await client.seesInOrder('password', 'password', 'welcome');
    }
    const guess = server.connect();
    await guess.says('southern', 'aurora');
    await guess.seesInOrder('password', 'password');
  });

  test('are all behind the limits of the standard set', async () => {
    await using server = await startServer({ north: domain('north', 'aurora'), lockout: { attempts: 2 } });
    const first = server.connect();
    await first.says('northerner', 'wrong', 'wrong');
    await first.seesInOrder('password', 'password', '60');
    const second = server.connect();
    expect(await second.asks('northerner')).toBe('blocked:60');
  });

  test('reach plugins that use them, those of the config before the standard one', async () => {
    const check = defineCommand({
      name: 'check',
      usage: 'check <secret>',
      summary: 'Checks your secret again',
      needs: { authenticators: Authenticator },
      async run({ session, account, rest }, { authenticators }) {
        const verdicts = [];
        for (const one of authenticators) verdicts.push(String(await one.verify(account, rest, session)));
        return verdicts.join(' ');
      },
    });
    const north = domain('north', 'aurora');
    await using server = await startServer({ north, check });
    const alice = await server.joins('alice');
    expect(await alice.asks(`check ${PASSWORD}`)).toBe('undefined right');
    // A plugin that uses a chain is set up again when one of its providers is.
    expect((await server.reload({})).kept).toContain('check');
    const { changed } = await server.reload({ north });
    expect(changed).toContainEqual({ name: 'check', because: 'a service that it uses' });
    expect(await alice.asks(`check ${PASSWORD}`)).toBe('undefined right');
  });
});

describe('the login dialogue', () => {
  test('can be replaced: hooks run as with the standard one', async () => {
    const terse = definePlugin({
      name: 'terse',
      summary: 'Takes name and password on one line',
      provides: { dialogue: LoginDialogue },
      setup: () => ({
        provide: {
          dialogue: {
            async conduct(session, login) {
              const [name = '', secret = ''] = (await session.ask('credentials')).split(' ');
              let step = await login.identify(name);
              if (step.kind === 'password') step = await login.verify(secret);
              if (step.kind !== 'over') session.close('denied');
            },
          },
        },
      }),
    });
    await using server = await startServer({ lockout: { attempts: 2 } });
    await server.registers('alice');
    await server.reload({ dialogue: false, terse });
    for (const [line, answer] of [
      ['alice wrong', 'closing:denied'],
      [`alice ${PASSWORD}`, 'welcome'],
      ['alice again', 'closing:denied'],
    ] as const) {
      const client = server.connect();
      await client.says(line);
      await client.seesInOrder('credentials', answer);
    }
    expect(server.failures).toEqual([]);
  });

  test('that ends without a login closes the client', async () => {
    const rude = definePlugin({
      name: 'rude',
      summary: 'Asks nothing',
      provides: { dialogue: LoginDialogue },
      setup: () => ({ provide: { dialogue: { conduct: async () => {} } } }),
    });
    await using server = await startServer({ dialogue: false, rude });
    const client = server.connect();
    await client.sees('closing:internal');
    await client.isClosed();
  });

  test('cannot be switched off: the error names the plugins that need it', async () => {
    await expect(startServer({ dialogue: false })).rejects.toThrow(
      /^No active plugin provides 'login-dialogue'.*'line'.*switch on 'dialogue'/,
    );
  });
});
