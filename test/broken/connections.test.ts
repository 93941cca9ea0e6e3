import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, test } from 'vitest';
import { openStore } from '../../plugins/stores/sqlite/store.ts';
import { newEntry } from '../support/new-entry.ts';
import { PASSWORD, type Program, startProgram } from '../support/program.ts';

/** Appends messages from alice to bob to the log of a stopped program. */
async function fill(program: Program, count: number): Promise<void> {
  const { accounts, messageLog, close } = await openStore({
    file: join(program.folder, 'chat.db'),
    busyTimeout: 5000,
    now: Date.now,
  });
  const [alice, bob] = [await accounts.find('alice'), await accounts.find('bob')];
  const [sender, recipient] = [alice?.id ?? 0, bob?.id ?? 0];
  const part = { to: { direct: [sender, recipient] }, sender, time: Date.now() };
  let last: Promise<unknown> | undefined;
  for (let i = 1; i <= count; i++) last = messageLog.append([newEntry(String(i), part)]);
  await last;
  await close();
}

test('reset while 10,000 messages are pushed, again and again, a client that acknowledges gets each once', {
  timeout: 120_000,
}, async () => {
  await using program = await startProgram({ plugins: { 'single-session': false } });
  await program.registers('alice', 'bob');
  await program.stop();
  await fill(program, 10_000);
  await program.start();
  const texts: string[] = [];
  let known = 0;
  let repeats = 0;
  while (texts.length < 10_000) {
    const socket = connect(program.port, program.host);
    socket.write(`${JSON.stringify({ type: 'login', name: 'bob', password: PASSWORD })}\n`);
    let left = 1 + Math.floor(Math.random() * 3000);
    for await (const line of createInterface({ input: socket })) {
      const event = JSON.parse(line) as { type: string; id: number; text: string; repeat: boolean };
      if (event.type !== 'message') continue;
      if (event.repeat) repeats++;
      if (event.id > known) {
        texts.push(event.text);
        known = event.id;
        socket.write(`${JSON.stringify({ type: 'acknowledge', id: known })}\n`);
      }
      if (--left === 0 || texts.length === 10_000) break;
    }
    socket.resetAndDestroy();
  }
  expect(texts).toEqual(Array.from({ length: 10_000 }, (_, i) => String(i + 1)));
  expect(repeats).toBeGreaterThan(0);
  expect(program.stderr).toBe('');
});

test('100,000 waiting messages are streamed at the pace of the reader, in bounded memory, and live ones come after them', {
  timeout: 120_000,
}, async () => {
  const unbounded = { maxQueued: 1_000_000, maxQueuedPerSender: 1_000_000 };
  // A small young generation, so that garbage hardly counts as held memory.
  const env = { NODE_OPTIONS: '--max-semi-space-size=4' };
  await using program = await startProgram({ plugins: { 'offline-messages': unbounded } }, { env });
  await program.registers('alice', 'bob');
  await program.stop();
  await fill(program, 100_000);
  await program.start();
  const alice = await program.returns('alice');
  const before = memoryOf(program);
  const socket = connect({ port: program.port, host: program.host });
  socket.write(`bob\n${PASSWORD}\n`);
  // It reads nothing until the others see it online; later messages queue behind the earlier ones.
  socket.pause();
  await alice.asksUntil('whoelse', 'bob');
  expect(await alice.asks('message bob live')).toBe('sent:');
  let most = memoryOf(program);
  let expected = -2;
  for await (const line of createInterface({ input: socket })) {
    expected++;
    if (expected < 1) continue;
    const text = line.slice(line.indexOf('alice: ') + 'alice: '.length);
    if (expected === 100_001) {
      expect(text).toBe('live');
      break;
    }
    if (text !== String(expected)) expect(text).toBe(String(expected));
    if (expected % 1000 === 0) most = Math.max(most, memoryOf(program));
  }
  socket.destroy();
  expect(expected).toBe(100_001);
  // All of them together are some 60 MB as objects, and 3.6 MB as lines.
  expect(most - before).toBeLessThan(55_000);
});

test('a peer that vanished is closed by the idle limit, and its messages wait', async () => {
  await using program = await startProgram({ plugins: { timeouts: { idle: 1 } }, limits: { linesPerSecond: 0 } });
  const bob = await program.joins('bob');
  const alice = await program.joins('alice');
  // Its side stays open and says nothing more.
  const keepsTalking = (async () => {
    while ((await alice.asks('whoelse')) === 'bob');
  })();
  await bob.sees('timeout');
  await keepsTalking;
  expect(await alice.asks('message bob later')).toBe('sent:');
  const again = await program.returns('bob');
  await again.hears('alice', 'later');
});

/** Memory that the program holds, in KB. */
function memoryOf({ pid }: Program): number {
  return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1]);
}
