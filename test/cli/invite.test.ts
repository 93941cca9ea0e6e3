import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { PASSWORD, startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

const REQUIRED = { plugins: { registration: { invitation: 'required' } } };

test('the host invites beside a running server, and without one', MANY, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram(REQUIRED);
  const invite = (...words: string[]) => folder.runs(['invite', ...words, '--config', program.configFile]);
  const { code, stdout, stderr } = await invite('--uses', '2', '--for', '12h', '--role', 'helper');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, first = ''] = /^Until \d{4}-\S+Z, this code lets 2 new users register:\n(\S+)\n$/.exec(stdout) ?? [];
  const alice = await program.connect({ name: 'alice' });
  await alice.says('alice', 'y', first, PASSWORD, PASSWORD);
  await alice.seesInOrder('register', 'invitation', 'password', 'registered');
  const role = await folder.runs(['user', 'role', 'alice', '--config', program.configFile]);
  expect(role.stdout).toBe('alice has the roles helper.\n');

  await program.stop();
  const [, other = ''] = /:\n(\S+)\n$/.exec((await invite()).stdout) ?? [];
  await program.start();
  const bob = await program.connect({ name: 'bob' });
  await bob.says('bob', 'y', other, PASSWORD, PASSWORD);
  await bob.seesInOrder('register', 'invitation', 'password', 'registered');
});

test('the host invites into a private room', MANY, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram();
  const alice = await program.joins('alice');
  await alice.says('create #lab private');
  await alice.seesInOrder('created:#lab', / #lab \*server\*: messages are kept /);
  const { stdout } = await folder.runs(['invite', '--room', '#lab', '--config', program.configFile]);
  const bob = await program.connectJson();
  bob.says({ type: 'register', name: 'bob', password: PASSWORD, invitation: /:\n(\S+)\n$/.exec(stdout)?.[1] ?? '' });
  await bob.sees({ type: 'welcome', name: 'bob' });
  await alice.sees(/\] #lab \*server\*: bob joined$/);
  await alice.says('message #lab hello');
  await alice.sees('sent:');
  await bob.sees({ type: 'token' });
  await bob.sees({ type: 'message', from: 'alice', text: 'hello' });
});

test('what cannot be promised is refused', MANY, async () => {
  await using folder = await Folder.with({});
  for (const [words, why] of [
    [['--uses', '0'], "--uses must be a whole number above 0, not '0'."],
    [['--for', 'long'], "--for must be a duration such as 12h or 7d, not 'long'."],
    [['--role', 'A B'], "'A B' cannot be a role: roles have lower-case letters, digits and hyphens."],
    [['--room', '#lab'], "There is no room '#lab'."],
  ] as const) {
    expect(await folder.runs(['invite', ...words])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining(`chatserv: ${why}`),
    });
  }
});

test('a client at the terminal or in a script registers with --invitation', MANY, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram(REQUIRED);
  const [, code = ''] =
    /:\n(\S+)\n$/.exec((await folder.runs(['invite', '--uses', '2', '--config', program.configFile])).stdout) ?? [];
  const address = (name: string) => `${name}@${program.host}:${program.port}`;
  const words = ['connect', address('alice'), '--register', '--invitation', code];
  expect(await folder.runs(words, '/who\n', { CHATSERV_PASSWORD: PASSWORD })).toMatchObject({
    code: 0,
    stdout: 'alice\n',
  });
  const without = await folder.runs(['connect', address('eve'), '--register'], '/who\n', {
    CHATSERV_PASSWORD: PASSWORD,
  });
  expect(without).toMatchObject({ stderr: 'chatserv: You need an invitation to make an account here.\n' });
  const again = await folder.runs(['connect', address('alice')], '/who\n', { CHATSERV_PASSWORD: PASSWORD });
  expect(again).toMatchObject({ code: 0, stdout: 'alice\n' });
});
