import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';

const EVIL = 'x\u001b[2J\u009b1A\u202e\u2028\u200b';

/** Whatever a terminal would not show, line ends aside. */
const UNSEEN = /[^\P{C}\n]|[\p{Zl}\p{Zp}]/u;

test('nothing in a config commands the terminal on which its errors are printed', async () => {
  await using folder = await Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { [EVIL]: true, tcp: { host: EVIL } } }),
  });
  const { code, stderr } = await folder.runs(['check']);
  expect(code).toBe(2);
  expect(stderr).toContain('x\\u{1b}[2J\\u{9b}1A\\u{202e}\\u{2028}\\u{200b}');
  expect(stderr).not.toMatch(UNSEEN);
});

test('nor does a name that was registered under other rules', async () => {
  await using folder = await Folder.with({
    'chatserv.config.json': JSON.stringify({ plugins: { sqlite: { file: 'a.db' } } }),
    'users.csv': 'alice,tea-at-four\n',
  });
  expect(await folder.runs(['user', 'import', 'users.csv', '--passwords'])).toMatchObject({ code: 0 });
  const db = new DatabaseSync(join(folder.path, 'a.db'));
  db.prepare('UPDATE accounts SET name = ?').run('al\u202eice');
  db.close();
  const { stdout } = await folder.runs(['user', 'list']);
  expect(stdout).toMatch(/^al\\u\{202e\}ice {2}created /);
  expect(stdout).not.toMatch(UNSEEN);
});
