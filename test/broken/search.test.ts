import { openSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startProgram } from '../support/program.ts';

const UNPACED = { linesPerSecond: 0, bytesPerSecond: 0 };

/** How often the server is killed. */
const KILLS = 6;

test('killed at any time, the server finds every message that was answered, and needs no new index', {
  timeout: 120_000,
}, async () => {
  await using program = await startProgram({ limits: UNPACED, plugins: { search: { perMinute: 1000 } } });
  await program.registers('alice', 'bob');
  const index = join(program.folder, 'chat.db-search');
  let sent = 0;
  for (let kill = 0; kill < KILLS; kill++) {
    if (kill > 0) await program.start();
    const alice = await program.returns('alice');
    // The moment of the kill is what varies: before the index is written, meanwhile, or after.
    const end = performance.now() + 300 * kill;
    do expect(await alice.asks(`message bob tea number n${++sent}`)).toBe('sent:');
    while (performance.now() < end && sent < 150 * (kill + 1));
    await program.kill();
  }
  const before = statSync(index).ino;
  await program.start();
  const alice = await program.returns('alice');
  for (const n of [1, Math.ceil(sent / 2), sent]) {
    expect(await alice.asks(`search n${n} tea`)).toMatch(new RegExp(`^\\d+ bob \\[\\S+\\] alice: tea number n${n}$`));
    expect(await alice.asks()).toBe('end:search');
  }
  let found = 0;
  for (let query: string | undefined = 'search tea limit:100'; query !== undefined; ) {
    let next: string | undefined;
    for (let line = await alice.asks(query); line !== 'end:search'; line = await alice.asks()) {
      if (line.startsWith('...')) next = `search tea limit:100 ${line.slice(4)}`;
      else found++;
    }
    query = next;
  }
  expect(found).toBe(sent);
  expect(statSync(index).ino).toBe(before);
  expect(program.stderr).toBe('');
});

test('an index that was damaged is built anew, and messages are sent meanwhile', {
  timeout: 60_000,
}, async () => {
  await using program = await startProgram({ limits: UNPACED });
  await program.registers('alice', 'bob');
  const index = join(program.folder, 'chat.db-search');
  const filler = 'words that fill a page or two of the index '.repeat(20);
  {
    const alice = await program.returns('alice');
    for (let i = 0; i < 300; i++) expect(await alice.asks(`message bob tea n${i} ${filler}`)).toBe('sent:');
    expect(await alice.asks('search n7 tea')).toMatch(/alice: tea n7 words/);
    await program.stop();
  }
  // Its header and schema stay.
  const file = openSync(index, 'r+');
  for (let at = 3 * 4096; at < statSync(index).size; at += 4096) writeSync(file, Buffer.alloc(4096, 0xa5), 0, 4096, at);
  rmSync(`${index}-wal`, { force: true });
  await program.start();
  const alice = await program.returns('alice');
  expect(await alice.asks('message bob last tea')).toBe('sent:');
  let line = '';
  for (const end = performance.now() + 30_000; !/alice: tea n7 words/.test(line) && performance.now() < end; ) {
    line = await alice.asks('search n7 tea');
    for (let rest = line; rest !== 'end:search' && !rest.startsWith('error:'); ) rest = await alice.asks();
    await after(50);
  }
  expect(line).toMatch(/alice: tea n7 words/);
  // It may be noticed when the index is opened, which is worth no line, or later.
  expect(program.stderr).toMatch(/^([^\n]*"event":"search-index"[^\n]*\n)?$/);
});
