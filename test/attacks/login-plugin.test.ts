import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Accounts, askPassword, definePlugin, type Plugin } from 'chatserv';
import { PASSWORD, startServer, type TestServer } from 'chatserv/testing';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import standard from '../../plugins/standard.ts';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'chatserv-guards-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const LIMITED = {
  connections: { perNetwork: 3, newPerNetwork: 4 },
  registration: { perNetwork: 1 },
  'login-rate': { perNetwork: 4 },
  lockout: { attempts: 3, lockoutDuration: 60 },
  timeouts: { login: 60 },
};

/** Gives roles in the server. */
const giver = definePlugin({
  name: 'giver',
  summary: 'Makes root an admin',
  needs: { accounts: Accounts },
  setup: ({ accounts }) => ({
    hooks: {
      async onLogin({ account }) {
        if (account?.name === 'root') await accounts.setRoles(account.id, ['admin']);
      },
    },
  }),
});

/** Guesses one user's password on a connection of its own. @returns what each guess is answered */
async function guesses(server: TestServer, user: string, address: string, times: number): Promise<string[]> {
  const client = server.connect(user, address);
  const answers = [await client.asks(user)];
  for (let i = 0; i < times; i++) answers.push(await client.asks(`wrong ${i}`));
  await client.closes();
  return answers;
}

/** Meets the limits of the standard plugins, one after the other. @returns what was answered, and which were met */
async function meets(others: Readonly<Record<string, Plugin>>) {
  await using server = await startServer({ ...LIMITED, admin: { audit: join(folder, 'audit.log') }, giver, ...others });
  await server.registers('alice', 'bob', 'carol', 'mallory');
  const root = await server.joins('root');
  const answers: string[] = [];

  answers.push(...(await guesses(server, 'alice', '198.51.100.1', 3)));
  answers.push(...(await guesses(server, 'alice', '198.51.100.1', 0)));
  answers.push(...(await guesses(server, 'bob', '198.51.100.1', 2)));

  const crowd = [];
  for (let i = 0; i < 4; i++) crowd.push(server.connect('a guest', '198.51.100.2'));
  for (const client of crowd) answers.push(await client.asks('not a name'));
  for (const client of crowd) await client.closes();

  for (let i = 0; i < 2; i++) {
    const client = server.connect('a guest', '198.51.100.3');
    answers.push(await client.asks(`newcomer${i}`), await client.asks('y'));
    if (i === 0) answers.push(await client.asks(PASSWORD, PASSWORD));
    await client.closes();
  }

  const mallory = await server.returns('mallory');
  answers.push(await root.asks('mute mallory'), await mallory.asks('message bob hi'), await root.asks('ban mallory'));
  answers.push(...(await guesses(server, 'mallory', '198.51.100.4', 0)));

  const silent = server.connect('a guest', '198.51.100.5');
  answers.push(await root.asks('who'));
  server.clock.advance(60);
  answers.push(await silent.asks());
  return { answers, met: server.limitHits };
}

/** A login of somebody else's that decides in every hook that lets one, and lets nobody in for a wrong password. */
function stranger(name: string, order: 'pre' | 'post' | undefined): Plugin {
  const at = <H>(handler: H) => (order === undefined ? handler : { order, handler });
  const nothing = async () => undefined;
  return definePlugin({
    name,
    summary: 'Another login',
    needs: { accounts: Accounts },
    setup: ({ accounts }) => ({
      hooks: {
        onConnect: {
          guard: at(nothing),
          // Whoever takes a while holds no guard up.
          observe: at(async (session) => {
            if (session.address === '198.51.100.5') await session.ask('username', 'start');
            return undefined;
          }),
        },
        onUsername: {
          decide: at(async (_session, given) => {
            const account = await accounts.find(given);
            return account && askPassword({ id: account.id, name: account.name });
          }),
        },
        onPassword: { decide: at((_session, _account, secret) => (secret === PASSWORD ? 'right' : 'wrong')) },
        onAuthFail: { decide: at(nothing) },
        onCommand: { decide: at(nothing) },
        onMessage: { transform: at(nothing) },
      },
    }),
  });
}

test('every limit is met as without it, whatever a login plugin is called and wherever its handlers stand', async () => {
  const alone = await meets({});
  expect(Object.keys(alone.met).toSorted()).toEqual([
    'connections-per-network',
    'login-time',
    'passwords-per-network',
    'registrations-per-network',
    'wrong-passwords',
  ]);
  const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((word) => !Object.hasOwn(standard, word));
  const order = fc.constantFrom(undefined, 'pre' as const, 'post' as const);
  await fc.assert(
    fc.asyncProperty(name, order, async (called, standing) => {
      expect(await meets({ [called]: stranger(called, standing) })).toEqual(alone);
    }),
    {
      numRuns: 15,
      examples: [
        ['aa', 'pre'],
        ['zz', undefined],
      ],
    },
  );
});
