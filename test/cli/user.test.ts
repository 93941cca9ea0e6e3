import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { makeProgram, startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

test('accounts are added, listed, given a new password and removed', MANY, async () => {
  await using folder = await Folder.with({});
  expect(await folder.runs(['user', 'add', 'alice'], 'tea-at-four\n')).toMatchObject({
    code: 0,
    stdout: 'alice was registered.\n',
  });
  expect(await folder.runs(['user', 'add', 'ALICE'], 'tea-at-four\n')).toMatchObject({
    code: 2,
    stderr: "chatserv: 'ALICE' was not registered. That name is taken.\n",
  });
  expect(await folder.runs(['user', 'add', 'bob'], 'short\n')).toMatchObject({
    code: 2,
    stderr: "chatserv: 'bob' was not registered. That password is too short. A few words make a good one.\n",
  });
  expect(await folder.runs(['user', 'add', 'bob'])).toMatchObject({
    code: 2,
    stderr: 'chatserv: Password for bob: standard input is empty.\n',
  });
  expect((await folder.runs(['user', 'add', 'a b'], 'tea-at-four\n')).code).toBe(2);
  expect(await folder.runs(['user', 'add', 'bob'], Buffer.from('caf\u00e9-con-leche\n', 'latin1'))).toMatchObject({
    code: 2,
    stderr: 'chatserv: Password for bob: standard input is not UTF-8.\n',
  });
  expect((await folder.runs(['user', 'list'])).stdout).toMatch(/^alice {2}created \S+ {2}never online\n$/);
  expect((await folder.runs(['user', 'passwd', 'alice'], 'tea-at-five\n')).code).toBe(0);
  expect((await folder.runs(['user', 'role', 'alice', 'admin', 'dj'])).stdout).toBe('alice has the roles admin, dj.\n');
  expect((await folder.runs(['user', 'role', 'alice'])).stdout).toBe('alice has the roles admin, dj.\n');
  expect((await folder.runs(['user', 'list'])).stdout).toMatch(/ {2}admin dj\n$/);
  expect((await folder.runs(['user', 'role', 'alice', 'none'])).stdout).toBe('alice has no roles.\n');
  expect((await folder.runs(['user', 'role', 'alice', 'a b'])).stderr).toMatch(/^chatserv: 'a b' cannot be a role/);
  expect((await folder.runs(['user', 'remove', 'alice'])).stdout).toBe('alice was removed.\n');
  expect(await folder.runs(['user', 'remove', 'alice'])).toMatchObject({
    code: 2,
    stderr: "chatserv: There is no user 'alice'.\n",
  });
  expect((await folder.runs(['user', 'list'])).stdout).toBe('');
});

test('a user is renamed by the rules for new names', MANY, async () => {
  await using folder = await Folder.with({});
  const rename = (...names: string[]) => folder.runs(['user', 'rename', ...names]);
  for (const name of ['alice', 'bob']) await folder.runs(['user', 'add', name], 'tea-at-four\n');
  await folder.runs(['user', 'role', 'alice', 'dj']);
  expect(await rename('ALICE', 'Alicia')).toMatchObject({ code: 0, stdout: 'alice is now Alicia.\n', stderr: '' });
  expect((await rename('alicia', 'ALICIA')).stdout).toBe('Alicia is now ALICIA.\n');
  expect((await folder.runs(['user', 'list'])).stdout).toMatch(
    /^ALICIA {2}created \S+ {2}never online {2}dj\nbob {2}created /,
  );
  for (const [names, why] of [
    [['alice', 'zoe'], "There is no user 'alice'."],
    [['bob', 'a b'], "'bob' was not renamed to 'a b'. A name can have letters"],
    [['bob', 'bob'], "'bob' was not renamed to 'bob'. That is its name already."],
    [['bob', 'alicia'], "'bob' was not renamed to 'alicia'. That name is taken."],
    [['bob', 'a1icia'], "'bob' was not renamed to 'a1icia'. The name 'a1icia' looks too much like 'ALICIA'."],
  ] as const) {
    const { code, stderr } = await rename(...names);
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining(`chatserv: ${why}`) });
  }
});

test('with a user what they said is removed, also of one who was removed before', MANY, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram();
  const [mallory, eve] = [await program.joins('mallory'), await program.joins('eve')];
  await program.registers('bob');
  await mallory.says('broadcast buy', 'message bob buy more');
  await mallory.seesInOrder('sent:', 'sent:');
  await eve.hears('mallory', 'buy');
  await eve.says('message bob buy from me');
  await eve.sees('sent:');
  const runs = (...words: string[]) => folder.runs(['user', 'remove', ...words, '--config', program.configFile]);
  expect(await runs('mallory', '--messages')).toMatchObject({
    code: 0,
    stdout: 'mallory was removed.\nMessages removed: 2.\n',
  });
  expect((await runs('eve')).stdout).toBe('eve was removed.\n');
  expect((await runs('eve', '--messages')).stdout).toBe('Messages removed: 1.\n');
  expect(await runs('eve', '--messages')).toMatchObject({
    code: 2,
    stderr: "chatserv: There is no user 'eve', and no undelivered message from that name.\n",
  });
  const bob = await program.returns('bob');
  await bob.seesNothing();
});

test('a password that is typed is not shown, and is asked for twice', MANY, async () => {
  await using folder = await Folder.with({});
  const types = (...typed: string[]) => folder.types(['user', 'add', 'alice'], typed);
  const different = await types('tea-at-four', 'tea-at-five');
  expect(different).toMatch(/Password for alice: \s+Repeat the password: \s+chatserv: The passwords do not match\./);
  const same = await types('tea-at-four', 'tea-at-four');
  expect(same).toMatch(/Password for alice: \s+Repeat the password: \s+alice was registered\./);
  expect(different + same).not.toMatch(/tea/);
});

test(
  "the ancestor's users come over, bad lines are named, and each is hashed anew at the first login",
  MANY,
  async () => {
    await using program = await makeProgram();
    await using folder = await Folder.with({
      'user_pass.txt': [
        `hans,${sha1('falcon*solo')}`,
        'nonsense',
        '',
        `yoda,${sha1('wise@!man')}\r`,
        `a b,${sha1('x')}`,
        `hans,${sha1('x')}`,
      ].join('\n'),
    });
    const run = (...args: string[]) => folder.runs([...args, '--config', program.configFile]);
    const { code, stdout, stderr } = await run('user', 'import', 'user_pass.txt');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^2 users imported/);
    expect(stderr).toBe(
      [
        'user_pass.txt:2: skipped: 1 column instead of 2.',
        'user_pass.txt:5: skipped: A name can have letters, digits and punctuation, but no spaces and none of : , ( ) [ ] { } # *',
        'user_pass.txt:6: skipped: That name is taken.',
        '',
      ].join('\n'),
    );
    await program.start();
    const hans = await program.connect({ name: 'hans' });
    await hans.says('hans', 'wrong', 'falcon*solo');
    await hans.seesInOrder('password', 'password', 'welcome');
    await hans.logsOut();
    await program.returns('hans', 'falcon*solo');
    await program.returns('yoda', 'wise@!man');
    await program.stop();
    const { DatabaseSync } = await import('node:sqlite');
    using db = new DatabaseSync(`${program.folder}/chat.db`, { readOnly: true });
    for (const { hash } of db.prepare('SELECT hash FROM accounts').all()) expect(hash).toMatch(/^\$argon2id\$/);
  },
);

function sha1(text: string): string {
  return createHash('sha1').update(text).digest('hex');
}

test('a class comes in from a list of names and passwords', MANY, async () => {
  await using program = await startProgram();
  await program.registers('zoe');
  await using folder = await Folder.with({
    'class.csv': [
      'ada,tea, at four',
      ' Bruno , cake-at-noon',
      'ada,other-words',
      'dora,short',
      'zoë,x',
      'nonsense',
    ].join('\n'),
  });
  const run = (...args: string[]) => folder.runs([...args, '--config', program.configFile]);
  expect(await run('user', 'import', 'class.csv', '--passwords')).toEqual({
    code: 1,
    stdout: '2 users imported.\n',
    stderr: [
      'class.csv:3: skipped: That name is taken.',
      'class.csv:4: skipped: That password is too short. A few words make a good one.',
      'class.csv:5: skipped: That password is too short. A few words make a good one.',
      'class.csv:6: skipped: 1 column instead of 2.',
      '',
    ].join('\n'),
  });
  await program.returns('ada', 'tea, at four');
  await program.returns('Bruno', 'cake-at-noon');
});

test(
  'a list from a spreadsheet comes in without its quotes, and what cannot be read is not imported',
  MANY,
  async () => {
    await using folder = await Folder.with({
      'quoted.csv': 'Name;Password\r\n"carl";"tea;at;four"\r\n',
      'empty.csv': '\n',
    });
    const imports = (file: string) => folder.runs(['user', 'import', file, '--passwords']);
    expect(await imports('quoted.csv')).toEqual({
      code: 0,
      stdout: '1 user imported from columns separated by semicolons.\n',
      stderr: '',
    });
    await writeFile(
      join(folder.path, 'latin.csv'),
      Buffer.from('dora,tea-at-four\ngina,caf\u00e9-con-leche\n', 'latin1'),
    );
    expect(await imports('latin.csv')).toEqual({
      code: 2,
      stdout: '',
      stderr: 'chatserv: latin.csv:2: not UTF-8: save it as text in UTF-8.\n',
    });
    await writeFile(join(folder.path, 'wide.csv'), Buffer.from('\ufeffgina,caf\u00e9-con-leche\r\n', 'utf16le'));
    expect(await imports('wide.csv')).toMatchObject({ code: 0, stdout: '1 user imported.\n' });
    expect(await imports('empty.csv')).toEqual({
      code: 1,
      stdout: '0 users imported.\n',
      stderr: 'empty.csv is empty\n',
    });
    expect(await imports('quoted.csv')).toMatchObject({
      code: 1,
      stderr: 'quoted.csv:2: skipped: That name is taken.\n',
    });
    expect((await imports('.')).stderr).toBe('chatserv: . cannot be read: it is a folder\n');
    const { stdout } = await folder.runs(['user', 'list']);
    expect(stdout.split('\n').map((line) => line.split('  ')[0])).toEqual(['carl', 'gina', '']);
    await using program = await startProgram({ plugins: { sqlite: { file: join(folder.path, 'data/chatserv.db') } } });
    await program.returns('carl', 'tea;at;four');
    await program.returns('gina', 'caf\u00e9-con-leche');
  },
);

test('who forgot the password gets a code from the host, beside a running server or without one', MANY, async () => {
  await using folder = await Folder.with({});
  await using program = await startProgram();
  await program.registers('alice');
  const reset = async (name: string) => folder.runs(['user', 'reset', name, '--config', program.configFile]);
  const { code, stdout, stderr } = await reset('ALICE');
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  const [, given = ''] =
    /^Until \d{4}-\S+Z, alice can log in once with this code in place of the password:\n(\S+)\n$/.exec(stdout) ?? [];
  const alice = await program.connect({ name: 'alice' });
  await alice.says('alice', given, 'coffee-at-ten', 'coffee-at-ten');
  await alice.seesInOrder('password', 'password:reset', 'welcome');
  expect(await reset('nobody')).toMatchObject({ code: 2, stderr: "chatserv: There is no user 'nobody'.\n" });
  await alice.logsOut();
  await program.stop();
  const [, other = ''] = /\n(\S+)\n$/.exec((await reset('alice')).stdout) ?? [];
  await program.start();
  const again = await program.connect({ name: 'alice' });
  await again.says('alice', other);
  await again.seesInOrder('password', 'password:reset');
});
