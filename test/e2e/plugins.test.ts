import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { PASSWORD, type ProgramConfig, startProgram } from '../support/program.ts';

const pathOf = (file: string) => fileURLToPath(new URL(`../../${file}`, import.meta.url));

const source = (file: string) => readFile(pathOf(file), 'utf8');

/** A plugin's files, by name. */
async function sources(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(pathOf(folder))).filter((name) => /(?<!\.test)\.ts$/.test(name));
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await source(`${folder}/${name}`)])));
}

test('a plugin of the user, a file beside the config', async () => {
  const files = { 'roll.ts': await source('examples/roll.ts') };
  await using program = await startProgram({ plugins: { './roll.ts': { sides: 20 } } }, { files });
  const alice = await program.joins('alice');
  await alice.says('roll', 'roll 2', 'roll one', 'roll 1 2', 'help roll');
  await alice.seesInOrder(/^rolled (1?\d|20)$/, /^rolled [12]$/, 'error:args:roll', 'error:args:roll');
  await alice.seesInOrder('roll [sides] - Throws a die', 'end:help');
});

describe('each standard plugin may be off alone', () => {
  async function withOnly(off: string, config: ProgramConfig['plugins'] = {}) {
    return startProgram({ plugins: { [off]: false, ...config } });
  }

  test.each(['whoelse', 'who', 'wholast', 'broadcast', 'message', 'fetch', 'help', 'logout'])('%s', async (name) => {
    await using program = await withOnly(name);
    const alice = await program.joins('alice');
    await alice.says(name);
    await alice.sees(`error:command:${name}`);
    await alice.says(name === 'who' ? 'whoelse' : 'who');
    await alice.sees(name === 'who' ? '' : 'alice');
  });

  test('registration: unknown names are asked again', async () => {
    await using program = await withOnly('registration');
    const alice = await program.connect();
    await alice.says('alice');
    await alice.sees('username');
  });

  test('lockout: the third wrong password closes the connection all the same', async () => {
    await using program = await withOnly('lockout');
    await program.registers('alice');
    const guesser = await program.connect();
    await guesser.says('alice', 'wrong 1', 'wrong 2', 'wrong 3');
    await guesser.seesInOrder('password', 'password', 'password', 'closing:wrong-password');
    await guesser.isClosed();
    await program.returns('alice');
  });

  test('single-session: a user may be connected twice', async () => {
    await using program = await withOnly('single-session');
    const [one, two] = [await program.joins('alice'), await program.returns('alice')];
    await one.says('message alice hi');
    await one.hears('alice', 'hi');
    await two.hears('alice', 'hi');
  });

  test('offline-messages: who is not online is answered like an unknown one', async () => {
    await using program = await withOnly('offline-messages');
    await program.registers('bob');
    const alice = await program.joins('alice');
    await alice.says('message (bob alice) hi');
    await alice.hears('alice', 'hi');
    await alice.sees('sent:bob');
    await alice.says('fetch');
    await alice.sees('fetching');
  });

  test.each(['timeouts', 'resume'])('%s: people chat on', async (name) => {
    await using program = await withOnly(name);
    const alice = await program.joins('alice');
    await alice.says('who');
    await alice.sees('alice');
  });

  test('sqlite: memory in its place, until the server ends', async () => {
    await using program = await withOnly('sqlite', { memory: true });
    await program.registers('bob');
    const alice = await program.joins('alice');
    await alice.says('message bob hi');
    await alice.sees('sent:');
    const bob = await program.returns('bob');
    await bob.hears('alice', 'hi');
  });

  test('tcp: nothing listens, and the others are set up', async () => {
    await using program = await startProgram(
      { plugins: { './none.ts': true, tcp: false } },
      {
        files: {
          'none.ts': `import { definePlugin } from 'chatserv';
export default definePlugin({ name: 'none', summary: 'x', setup: ({ server }) => ({ start: () => server.listens('tcp', '127.0.0.1:1') }) });`,
        },
      },
    );
    expect(await program.stop()).toBe(0);
  });
});

describe('a standard plugin, copied into the folder of the user, behaves the same', () => {
  test('lockout', async () => {
    const files = await sources('plugins/login/lockout');
    const plugins = { lockout: false, './index.ts': { attempts: 2, lockoutDuration: 300 } };
    await using program = await startProgram({ plugins }, { files });
    await program.registers('alice');
    const guesser = await program.connect();
    await guesser.says('alice', 'wrong 1', 'wrong 2');
    await guesser.seesInOrder('password', 'password', '300');
    await guesser.isClosed();
    const late = await program.connect();
    await late.says('alice');
    await late.sees(/^blocked:(299|300)$/);
  });

  test('message, and offline-messages', async () => {
    const files = {
      ...(await sources('plugins/messages/offline-messages')),
      'say.ts': await source('plugins/commands/message.ts'),
    };
    const plugins = { message: false, 'offline-messages': false, './say.ts': true, './index.ts': true };
    await using program = await startProgram({ plugins }, { files });
    await program.registers('bob');
    const alice = await program.joins('alice');
    await alice.says('send (bob ghost) hi');
    await alice.sees('sent:ghost');
    const bob = await program.returns('bob', PASSWORD);
    await bob.hears('alice', 'hi');
  });
});
