import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

/** A plugin that fails when it is handed a password. */
const CLUMSY = `
import { definePlugin } from 'chatserv';
export default definePlugin({
  name: 'clumsy',
  summary: 'Fails at a password',
  setup: () => ({
    hooks: {
      onPassword: { decide: { order: 'pre', handler(_session, { name }) { if (name === 'clumsy') throw new Error('it broke'); } } },
    },
  }),
});
`;

const RIGHT = 'right-secret-of-alice';
const WRONG = 'wrong-secret-of-alice';

test('no password, token or hash is in the log, on the output or in what the control socket tells', async () => {
  await using program = await startProgram(
    { plugins: { './clumsy.ts': true, 'login-rate': false } },
    { env: { LOG_LEVEL: 'debug' }, files: { 'clumsy.ts': CLUMSY } },
  );
  const alice = await program.connect();
  for (const name of ['alice', 'carol', 'clumsy']) await alice.registers(name, RIGHT);
  await alice.says('bob', 'y', RIGHT, WRONG, RIGHT.slice(0, 7), RIGHT.slice(0, 7));
  await alice.seesInOrder('register', 'password', 'password', 'password:too-short');
  await alice.closes();

  const clumsy = await program.connect();
  await clumsy.says('clumsy', RIGHT);
  await clumsy.seesInOrder('password', 'password');
  await clumsy.closes();

  const json = await program.connectJson();
  for (const line of [
    `{"type":"login","name":"alice","password":"${WRONG}"`,
    `{"type":"login","name":"alice","password":["${WRONG}"]}`,
    `{"type":"login","name":["${WRONG}"],"password":"${RIGHT}"}`,
    `{"type":"${WRONG}","name":"alice","password":"${RIGHT}"}`,
  ]) {
    json.says(line);
    await json.sees({ type: 'error' });
  }
  json.says({ type: 'login', name: 'alice', password: WRONG });
  await json.sees({ type: 'ask', because: 'wrong' });
  const token = await json.logsIn('alice', RIGHT);
  await json.closes();
  const resumed = await program.connectJson();
  const forged = token.replace(/\.[^.]*$/, '.forged-token');
  resumed.says({ type: 'resume', token: forged });
  await resumed.sees({ type: 'ask', because: 'expired' });
  const next = await resumed.resumes(token);
  await resumed.closes();

  const guesser = await program.connect();
  await guesser.says('carol', WRONG, WRONG, WRONG);
  await guesser.seesInOrder('password', 'password', 'password', /^\d+$/);

  await using folder = await Folder.with({});
  const told = [];
  for (const command of [['plugins'], ['user', 'list'], ['reload'], ['check']]) {
    const { stdout, stderr } = await folder.runs([...command, '--config', program.configFile]);
    told.push(stdout, stderr);
  }
  expect(await program.stop()).toBe(0);
  // That the log was written at all, and of these things.
  for (const word of ['login-failure', 'it broke', 'registration']) expect(program.stderr).toContain(word);
  const all = [program.stdout, program.stderr, ...told].join('\n');
  const signature = (text: string) => text.slice(text.lastIndexOf('.') + 1);
  for (const secret of [
    RIGHT,
    WRONG,
    RIGHT.slice(0, 7),
    signature(token),
    signature(next),
    'forged-token',
    '$argon2',
  ]) {
    expect(all.includes(secret), secret).toBe(false);
  }
});
