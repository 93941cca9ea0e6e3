import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { PASSWORD, type Program, startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

/** Runs `chatserv user` with the program's config. */
async function user(program: Program, args: readonly string[], input?: string): Promise<string> {
  await using folder = await Folder.with({});
  const { code, stdout, stderr } = await folder.runs(['user', ...args, '--config', program.configFile], input);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return stdout;
}

describe.each([
  ['over the control socket', {}],
  ['by itself, where that is off', { control: false }],
])('a running server finds out %s', (_how, plugins) => {
  test('that a user was removed, and that the next one of the name is another', MANY, async () => {
    await using program = await startProgram({ plugins });
    const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
    expect(await user(program, ['remove', 'bob'])).toBe('bob was removed.\n');
    await bob.sees('closing:removed');
    await bob.isClosed();
    await user(program, ['add', 'bob'], 'tea-at-five\n');
    await user(program, ['role', 'bob', 'admin']);
    const next = await program.returns('bob', 'tea-at-five');
    expect(await next.asks('kick alice')).toBe('done:1');
    await alice.sees('closing:kicked');
  });

  test('that a password was changed, and users were signed out', MANY, async () => {
    await using program = await startProgram({ plugins });
    const bob = await program.joins('bob');
    await user(program, ['passwd', 'bob'], 'tea-at-five\n');
    await bob.sees('closing:signed-out');
    const first = await program.connectJson();
    const token = await first.logsIn('bob', 'tea-at-five');
    expect(await user(program, ['sign-out', 'bob'])).toBe('bob was signed out everywhere.\n');
    await first.sees({ type: 'closing', reason: 'signed-out' });
    const second = await program.connectJson();
    second.says({ type: 'resume', token });
    await second.sees({ type: 'ask', because: 'expired' });
  });

  test('that a user was renamed', MANY, async () => {
    await using program = await startProgram({ plugins });
    const bob = await program.joins('bob');
    expect(await user(program, ['rename', 'bob', 'robert'])).toBe('bob is now robert.\n');
    await bob.sees('closing:signed-out');
    const robert = await program.returns('robert');
    expect(await robert.asks('who')).toBe('robert');
  });
});

test('a block after wrong passwords is lifted', MANY, async () => {
  await using program = await startProgram({ plugins: { lockout: { attempts: 2, lockoutDuration: 3600 } } });
  await program.registers('bob');
  const guesser = await program.connect();
  await guesser.says('bob', 'wrong', 'wrong');
  await guesser.seesInOrder('password', 'password', '3600');
  const bob = await program.connect();
  expect(await bob.asks('bob')).toMatch(/^blocked:3[56]\d\d$/);
  expect(await user(program, ['unblock', 'BOB'])).toBe('bob was unblocked for one address.\n');
  await program.returns('bob');
  expect(await user(program, ['unblock', 'bob'])).toBe('bob is not blocked.\n');
});

test('everyone is signed out, whoever is online and whoever is not', MANY, async () => {
  await using program = await startProgram();
  await program.registers('alice', 'bob');
  const away = await program.connectJson();
  const token = await away.logsIn('alice', PASSWORD);
  await away.closes();
  const bob = await program.returns('bob');
  expect(await user(program, ['sign-out', '--all'])).toBe('Everyone was signed out.\n');
  await bob.sees('closing:signed-out');
  const back = await program.connectJson();
  back.says({ type: 'resume', token });
  await back.sees({ type: 'ask', because: 'expired' });
  await back.closes();
  await program.returns('alice');
});

test("a bot's account is listed as one, and is given no password", MANY, async () => {
  const bot = `import { Accounts, claimBot, definePlugin } from 'chatserv';
    export default definePlugin({
      name: 'bot', summary: 'Is there', needs: { accounts: Accounts },
      async setup({ accounts }) { await claimBot(accounts, 'helper'); },
    });`;
  await using program = await startProgram({ plugins: { './bot.ts': true } }, { files: { 'bot.ts': bot } });
  expect(await user(program, ['list'])).toMatch(/^helper {2}created \S+ {2}never online {2}bot\n$/);
  await using folder = await Folder.with({});
  const words = ['user', 'passwd', 'helper', '--config', program.configFile];
  expect(await folder.runs(words, 'tea-at-five\n')).toMatchObject({
    code: 2,
    stderr: 'chatserv: helper is a bot: bots have no password.\n',
  });
  expect(await folder.runs(['user', 'rename', 'helper', 'aide', '--config', program.configFile])).toMatchObject({
    code: 2,
    stderr: "chatserv: 'helper' was not renamed to 'aide'. It is a bot, and bots find their account by name.\n",
  });
});

test('who is to be signed out must be said', MANY, async () => {
  await using folder = await Folder.with({});
  for (const args of [[], ['alice', '--all']]) {
    expect(await folder.runs(['user', 'sign-out', ...args])).toMatchObject({
      code: 2,
      stderr: 'chatserv: Name the user to sign out, or --all for everyone.\n',
    });
  }
  expect(await folder.runs(['user', 'sign-out', 'ghost'])).toMatchObject({
    code: 2,
    stderr: "chatserv: There is no user 'ghost'.\n",
  });
});
