import { copyFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { PASSWORD, startProgram } from '../support/program.ts';

const REFUSAL = /^A reload cannot change the store/;

test('a reload that names another database, or a store in memory, is refused: nobody is given what waits for others', async () => {
  await using other = await startProgram();
  await other.registers('eve');
  const mallory = await other.joins('mallory');
  expect(await mallory.asks('message eve for eve only')).toBe('sent:');
  await other.stop();
  await using program = await startProgram();
  const ada = await program.joins('ada');
  for (const plugins of [
    { sqlite: { file: join(other.folder, 'chat.db') } },
    { sqlite: { file: 'new.db' } },
    { sqlite: false, memory: true },
  ]) {
    await program.configures({ plugins });
    expect((await program.reloads()).errors).toEqual([expect.stringMatching(REFUSAL)]);
    expect(await ada.asks('fetch')).toBe('fetching');
    await ada.seesNothing();
  }
  expect(await ada.asks('broadcast still here')).toBe('sent:');
  // The other database is free again.
  await other.start();
  await (await other.returns('eve')).hears('mallory', 'for eve only');
});

test('a reload that finds another file in the place of the database is refused', async () => {
  await using program = await startProgram();
  await program.joins('ada');
  const database = join(program.folder, 'chat.db');
  await copyFile(database, join(program.folder, 'older.db'));
  await rename(join(program.folder, 'older.db'), database);
  await program.configures({ plugins: { sqlite: { file: 'chat.db', busyTimeout: 100 } } });
  expect((await program.reloads()).errors).toEqual([expect.stringMatching(REFUSAL)]);
});

test('a client that had fallen behind when the database was opened anew is given the rest', async () => {
  await using program = await startProgram({ limits: { unacknowledged: 2 } });
  const ada = await program.joins('ada');
  await program.registers('bob');
  const bob = await program.connectJson();
  await bob.logsIn('bob', PASSWORD);
  for (const text of ['1', '2', '3']) expect(await ada.asks(`message bob ${text}`)).toBe('sent:');
  await program.configures({
    limits: { unacknowledged: 2 },
    plugins: { sqlite: { file: 'chat.db', busyTimeout: 100 } },
  });
  expect((await program.reloads()).result?.changed).toContainEqual({ name: 'sqlite', because: 'its options' });
  await bob.sees({ text: '1' });
  const { id } = (await bob.sees({ text: '2' })) as { id?: number };
  bob.says({ type: 'acknowledge', id: Number(id) });
  await bob.sees({ text: '3' });
  expect(await ada.asks('message bob 4')).toBe('sent:');
  await bob.sees({ text: '4' });
});
