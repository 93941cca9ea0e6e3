import { copyFile, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { makeProgram, type Program, startProgram } from '../support/program.ts';

/** How long many command lines one after the other may take on a busy machine, in milliseconds. */
const MANY = { timeout: 120_000 };

/** Runs `chatserv` with the config of a program. */
async function run(program: Program, ...args: string[]) {
  await using folder = await Folder.with({});
  return await folder.runs([...args, '--config', program.configFile]);
}

/** Two users, one of whom has had one message, and waits for another. */
async function chat(program: Program): Promise<void> {
  await program.registers('bob');
  const alice = await program.joins('alice');
  expect(await alice.asks('message bob first')).toBe('sent:');
  const bob = await program.returns('bob');
  await bob.hears('alice', 'first');
  await bob.logsOut();
  expect(await alice.asks('broadcast second')).toBe('sent:');
  // Cursors are written some times a second, and when the server stops.
  await program.stop();
  await program.start();
}

test('a backup that is made while messages stream in is a database that the server starts on', MANY, async () => {
  await using program = await startProgram({ limits: { linesPerSecond: 0, bytesPerSecond: 0 } });
  await chat(program);
  const [alice, bob] = [await program.joins('alfred'), await program.joins('berta')];
  let talks = true;
  let said = 0;
  const talking = (async () => {
    for (; talks; said++) {
      expect(await alice.asks(`message berta ${said}`)).toBe('sent:');
      await bob.hears('alfred', String(said));
    }
  })();
  const copy = join(program.folder, 'copy.db');
  expect(await run(program, 'backup', copy)).toMatchObject({ code: 0, stdout: `Copied the store to ${copy}.\n` });
  talks = false;
  await talking;
  expect(said).toBeGreaterThan(10);
  expect((await stat(copy)).mode & 0o777).toBe(0o600);
  // Again, over the first.
  expect((await run(program, 'backup', copy)).code).toBe(0);
  await program.kill();

  await using restored = await makeProgram();
  await copyFile(copy, join(restored.folder, 'chat.db'));
  await restored.start();
  const back = await restored.returns('bob');
  await back.hears('alice', 'second');
  await back.seesNothing();
});

test('what was exported goes into another store: who is registered, and what waits for whom', MANY, async () => {
  await using program = await startProgram();
  await chat(program);
  const file = join(program.folder, 'all.jsonl');
  expect(await run(program, 'export', file)).toMatchObject({ code: 0, stderr: '' });
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).type)).toEqual([
    ...['archive', 'account', 'account', 'room', 'room', 'entry', 'entry'],
  ]);
  expect((await run(program, 'export')).stdout.split('\n').length).toBe(lines.length + 1);

  await using other = await startProgram();
  expect(await run(other, 'import', file)).toEqual({
    code: 2,
    stdout: '',
    stderr: `chatserv: A server is running with ${other.configFile}: stop it before you import into its store.\n`,
  });
  await other.stop();
  expect(await run(other, 'import', file)).toMatchObject({ code: 0, stdout: 'Imported: users 2, messages 2.\n' });
  await other.start();
  const bob = await other.returns('bob');
  await bob.hears('alice', 'second');
  await bob.seesNothing();
  const alice = await other.returns('alice');
  expect(await alice.asks('message bob third')).toBe('sent:');
  await bob.hears('alice', 'third');
  await other.stop();
  expect(await run(other, 'import', file)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^chatserv: The store is not empty/),
  });
});

test("what plugins store goes along, and so do an admin's bans", MANY, async () => {
  const files = { 'remember.ts': await readFile(new URL('../../examples/remember.ts', import.meta.url), 'utf8') };
  const config = { plugins: { './remember.ts': true, admin: true } };
  await using program = await startProgram(config, { files });
  const alice = await program.joins('alice');
  await program.registers('bob');
  expect(await run(program, 'user', 'role', 'alice', 'admin')).toMatchObject({ code: 0 });
  await alice.asksUntil('ban bob 7d', 'done:0');
  expect(await alice.asks('remember tea no sugar')).toBe('remembered:');
  const file = join(program.folder, 'all.jsonl');
  expect(await run(program, 'export', file)).toMatchObject({ code: 0, stderr: '' });

  await using other = await makeProgram(config, { files });
  const stdout = 'Imported: users 2, messages 0, plugin values 2.\n';
  expect(await run(other, 'import', file)).toMatchObject({ code: 0, stdout });
  await other.start();
  const back = await other.returns('alice');
  expect(await back.asks('recall tea')).toBe('no sugar');
  const bob = await other.connect();
  expect(await bob.asks('bob')).toMatch(/^blocked:60\d{4}$/);
});

test('an archive with a line that is wrong is not imported at all', MANY, async () => {
  await using program = await makeProgram();
  const file = join(program.folder, 'all.jsonl');
  const account = { id: 1, name: 'a', hash: '', created: 1, seen: 0, since: 0, cursor: 0, handed: 0 };
  const message = { id: 2, sender: 1, from: 'a', audience: 'everyone', text: 'x', time: 1 };
  const lines = [
    { type: 'archive', version: 1, account: 3, message: 2 },
    { type: 'account', ...account },
    { type: 'account', ...account, id: 2, name: 'A' },
    { type: 'account', ...account, id: 4, name: 'd' },
    { type: 'account', ...account, id: 3, name: 'c', cursor: 3 },
    { type: 'message', ...message },
    { type: 'message', ...message, id: 1 },
    { type: 'account', ...account, id: 3, name: 'e' },
    { type: 'message', ...message, audience: ['a'] },
    { type: 'stored', collection: 'notes', key: 'b', value: { text: 'x' } },
    { type: 'stored', collection: 'notes', key: 'a', value: null },
    { type: 'stored', collection: 'Notes', key: 'c', value: 1 },
    { type: 'stored', collection: 'notes', key: '', value: 1 },
    { type: 'stored', collection: 'notes', key: 'd' },
    { type: 'message', ...message, id: 2 },
  ];
  await writeFile(file, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n{"type":\n`);
  const { code, stderr } = await run(program, 'import', file);
  expect(code).toBe(2);
  expect(stderr.replaceAll(`${file}:`, '').split('\n')).toEqual([
    "chatserv: 3: name: 'A' is taken",
    'chatserv: 4: id: the first line says that the last account is 3',
    'chatserv: 5: since, cursor, handed: the first line says that the last message is 2',
    'chatserv: 7: id: 1 follows 2, but ids must ascend',
    'chatserv: 8: a line of type account must come before those of type message',
    expect.stringMatching(/^chatserv: 9: audience: /),
    "chatserv: 11: key: 'notes/a' follows 'notes/b', but keys must ascend",
    'chatserv: 12: collection, key, value: it cannot be stored',
    'chatserv: 13: collection, key, value: it cannot be stored',
    'chatserv: 14: value: it is missing',
    'chatserv: 15: a line of type message must come before those of type stored',
    'chatserv: 16: not JSON',
    `chatserv: Nothing was imported from ${file}.`,
    '',
  ]);
  expect((await run(program, 'user', 'list')).stdout).toBe('');
});

test('lines of an archive that contradict others are reported', MANY, async () => {
  await using program = await makeProgram();
  const file = join(program.folder, 'all.jsonl');
  const head = { type: 'archive', version: 2, account: 5, room: 9, entry: 9 };
  const account = { type: 'account', name: 'a', hash: '', created: 1, seen: 0, since: 0, devices: [], markers: [] };
  const device = { name: '', id: 5, handed: 5, seen: 0 };
  const room = { type: 'room', kind: 'everyone', name: '', facts: {}, seq: 1, last: 9, memberships: [], spoke: [] };
  const direct = { ...room, kind: 'direct', members: [1, 2] };
  const text = {
    kind: 'message',
    version: 1,
    counts: true,
    from: 'a',
    device: '',
    toSender: false,
    body: 'x',
    time: 1,
  };
  const entry = { type: 'entry', room: 1, seq: 1, previous: 0, sender: 1, ...text };
  const key = { type: 'key', id: 5, sender: 1, key: 'k', unknown: [], time: 1 };
  const lines = [
    head,
    { ...account, id: 1 },
    { ...account, id: 2, name: 'b', devices: [device, device] },
    { ...account, id: 3, name: 'c', since: 10 },
    { ...account, id: 4, name: 'd', markers: [[10, 1]] },
    { ...room, id: 1, last: 5 },
    { ...room, id: 2 },
    { ...room, id: 3, kind: 'direct' },
    { ...room, id: 4, kind: 'room', name: 'tea' },
    { ...room, id: 5, kind: 'room', name: 'Tea' },
    { ...direct, id: 6 },
    { ...direct, id: 7 },
    { ...room, id: 8, kind: 'room', name: 'milk', last: 10 },
    { ...direct, id: 9, members: [1, 3], spoke: [6] },
    { ...entry, id: 4, mentions: [6] },
    { ...entry, id: 5 },
    { ...entry, id: 6, room: 3 },
    { ...entry, id: 7, seq: 2 },
    { ...account, id: 5, name: 'e' },
    { ...entry, id: 8, room: 4, seq: 0 },
    { ...entry, id: 9, room: 6, seq: 2 },
    key,
    { ...key, id: 6 },
    head,
  ];
  await program.writes('all.jsonl', lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const { code, stderr } = await run(program, 'import', file);
  expect(code).toBe(2);
  expect(stderr.replaceAll(`${file}:`, '').split('\n')).toEqual([
    'chatserv: 3: devices: two have the same name',
    'chatserv: 4: since, devices: the first line says that the last entry is 9',
    'chatserv: 5: markers: the first line says that the last room is 9',
    'chatserv: 7: kind: only room 1 is of the kind everyone',
    'chatserv: 8: members: direct conversations have them, and no other rooms',
    "chatserv: 10: name: 'Tea' is taken",
    'chatserv: 12: members: there is another conversation with the same members',
    'chatserv: 13: last: the first line says that the last entry is 9',
    'chatserv: 14: members, memberships, spoke: the first line says that the last account is 5',
    'chatserv: 15: mentions: the first line says that the last account is 5',
    'chatserv: 17: room: there is no line for the room 3',
    'chatserv: 18: id, previous: the last entry of the room is 5',
    'chatserv: 19: a line of type account must come before those of type entry',
    'chatserv: 20: seq: only an entry that counts has one',
    "chatserv: 21: seq: 2 follows 0, and the room's last is 1",
    "chatserv: 23: key: the sender has another message with the key 'k'",
    'chatserv: 24: an archive has only one line of type archive',
    `chatserv: Nothing was imported from ${file}.`,
    '',
  ]);
});

/** The lines of an archive of `zed` and what is said, in which no id is above 9. */
function archiveOf(...messages: readonly object[]): string {
  const lines = [
    { type: 'archive', version: 1, account: 9, message: 9 },
    { type: 'account', id: 1, name: 'zed', hash: 'x', created: 1, seen: 0, since: 0, cursor: 0, handed: 0 },
    ...messages.map((message, index) => ({
      ...{ type: 'message', id: index + 1, sender: 1, from: 'zed', audience: [1], text: 'x', time: 1 },
      ...message,
    })),
  ];
  return `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`;
}

test('messages of an archive are cleaned like any other, and what nobody could be sent is refused', MANY, async () => {
  const secret = 'tea-at-four';
  await using program = await makeProgram({ limits: { outboxBytes: 4096 } });
  const file = join(program.folder, 'all.jsonl');
  await program.writes(
    'all.jsonl',
    archiveOf(
      { text: 'one\n[2026-01-01T00:00:00Z] eve: forged\u001b[2J' },
      { text: 'two\u2028lines', sender: 0, from: 'bot\nof mine' },
    ),
  );
  expect(await run(program, 'import', file)).toMatchObject({ code: 0, stdout: 'Imported: users 1, messages 2.\n' });
  await using folder = await Folder.with({});
  expect((await folder.runs(['user', 'passwd', 'zed', '--config', program.configFile], `${secret}\n`)).code).toBe(0);
  const { stdout } = await run(program, 'export');
  await program.start();
  const zed = await program.returns('zed', secret);
  await zed.sees('[1970-01-01T00:00:00Z] zed: one [2026-01-01T00:00:00Z] eve: forged[2J');
  await zed.sees('[1970-01-01T00:00:00Z] bot of mine: two lines');
  await zed.seesNothing();
  expect(stdout).toContain('"from":"bot of mine"');

  await program.stop();
  const late = 253_402_300_800_000;
  await program.writes(
    'all.jsonl',
    archiveOf(
      { text: 'x'.repeat(3000) },
      { from: 'a\nb' },
      { time: late },
      { time: -1 },
      { sender: 10 },
      { audience: [10] },
      { key: 'k' },
      { key: 'k' },
      { id: 2 ** 53 - 1 },
    ),
  );
  const { code, stderr } = await run(program, 'import', file);
  expect(code).toBe(2);
  expect(stderr.replaceAll(`${file}:`, '').split('\n')).toEqual([
    'chatserv: 3: text: too long: limits.outboxBytes allows 2048 bytes',
    'chatserv: 4: from: it cannot be a user name',
    expect.stringMatching(/^chatserv: 5: time: /),
    expect.stringMatching(/^chatserv: 6: time: /),
    'chatserv: 7: sender: the first line says that the last account is 9',
    'chatserv: 8: audience: the first line says that the last account is 9',
    "chatserv: 10: key: the sender has another message with the key 'k'",
    expect.stringMatching(/^chatserv: 11: id: /),
    `chatserv: Nothing was imported from ${file}.`,
    '',
  ]);
});

test('names that may not be registered any more go through an archive unchanged', MANY, async () => {
  await using program = await makeProgram();
  const names = ['__proto__', 'constructor', 'toString', '😀', 'STRAẞE', '../../x'];
  const place = { roles: ['constructor'], created: 1, seen: 2, epoch: 3, since: 0, cursor: 1, handed: 1 };
  const lines = [
    { type: 'archive', version: 1, account: names.length, message: 1 },
    ...names.map((name, index) => ({ type: 'account', id: index + 1, name, hash: 'x', ...place })),
    { type: 'message', id: 1, sender: 1, from: '__proto__', audience: 'everyone', text: '__proto__', time: 1 },
  ].map((line) => JSON.stringify(line));
  await program.writes('all.jsonl', lines.join('\n'));
  expect((await run(program, 'import', join(program.folder, 'all.jsonl'))).stdout).toBe(
    `Imported: users ${names.length}, messages 1.\n`,
  );
  const { stdout } = await run(program, 'export');
  await using copy = await makeProgram();
  await writeFile(join(copy.folder, 'all.jsonl'), `\ufeff${stdout.replaceAll('\n', '\r\n')}`, 'utf16le');
  expect((await run(copy, 'import', join(copy.folder, 'all.jsonl'))).stdout).toBe(
    `Imported: users ${names.length}, messages 1.\n`,
  );
  expect((await run(copy, 'export')).stdout).toBe(stdout);
  const exported = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const { cursor, handed, ...kept } = place;
  expect(exported.filter(({ type }) => type === 'account')).toMatchObject(
    names.map((name, index) => ({ id: index + 1, name, hash: 'x', ...kept, devices: [{ id: cursor, handed }] })),
  );
  expect(exported.filter(({ type }) => type === 'entry')).toMatchObject([{ from: '__proto__', body: '__proto__' }]);
});

test('where it cannot be written, or nothing can be copied, a sentence says so', MANY, async () => {
  await using folder = await Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { sqlite: { file: 'chat.db' } } }),
    'memory.json': JSON.stringify({ plugins: { sqlite: false, memory: true } }),
  });
  expect((await folder.runs(['user', 'add', 'alice'], 'tea-at-four\n')).code).toBe(0);
  expect((await folder.runs(['backup', 'nowhere/copy.db'])).stderr).toMatch(
    /^chatserv: nowhere\/copy\.db could not be written: .*no such file or directory.*\n$/,
  );
  expect((await folder.runs(['export', 'nowhere/all'])).stderr).toMatch(
    /^chatserv: nowhere\/all could not be written: .*\n$/,
  );
  expect((await folder.runs(['import', 'nothing'])).stderr).toMatch(/^chatserv: nothing cannot be read: .*\n$/);
  expect((await folder.runs(['import', '.'])).stderr).toBe('chatserv: . cannot be read: it is a folder\n');
  expect((await folder.runs(['import', '/dev/null'])).stderr).toBe(
    'chatserv: /dev/null is not a file: write the archive to a file and import that.\n',
  );
  expect((await folder.runs(['backup', 'copy.db', '--config', 'memory.json'])).stderr).toMatch(
    /^chatserv: No plugin in .*memory\.json provides 'backup': switch on one that does .*\n$/,
  );
});

test('a store that nobody has used is not taken for the one to copy', MANY, async () => {
  await using folder = await Folder.with({});
  for (const command of [['backup', 'copy.db'], ['export', 'all.jsonl'], ['export']]) {
    expect(await folder.runs(command)).toEqual({
      code: 2,
      stdout: '',
      stderr: expect.stringMatching(/^chatserv: The store of the standard config has no account: name the config/),
    });
  }
  await expect(stat(join(folder.path, 'copy.db'))).rejects.toThrow(/ENOENT/);
});
