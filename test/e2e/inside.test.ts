import { expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { startProgram } from '../support/program.ts';

/** Commands that fail, and that keep the event loop for as long as they say. */
const FAULTY = `
import { definePlugin } from 'chatserv';

const command = (name, run) => ({ name, usage: name, summary: name, run });

export default definePlugin({
  name: 'faulty',
  summary: 'Does what plugins should not',
  setup: () => ({
    hooks: {
      onDeliver(_session, message) {
        if (message.text.startsWith('spin')) spin(Number(message.text.slice(5)));
        return undefined;
      },
    },
    commands: [
      command('fail', () => { throw new Error('on purpose'); }),
      command('spin', ({ rest }) => { spin(Number(rest)); return 'spun'; }),
      command('well', () => 'well'),
    ],
  }),
});

function spin(time) {
  const end = performance.now() + time;
  while (performance.now() < end);
}
`;

const plugins = { './faulty.ts': true };
const files = { 'faulty.ts': FAULTY };

test('a running server tells what its plugins do: calls, failures, time', async () => {
  await using program = await startProgram({ plugins }, { files });
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  for (let i = 0; i < 3; i++) expect(await alice.asks('fail')).toBe('error:internal:fail');
  expect(await alice.asks('spin 30')).toBe('spun');
  await alice.says('message bob one', 'message bob two');
  await alice.seesInOrder('sent:', 'sent:');
  await bob.hears('alice', 'one');
  expect(await bob.asks('x'.repeat(5000))).toMatch(/^\[.*two$/);
  await bob.sees('error:line:too-long');
  await using folder = await Folder.with({});
  const run = async (...args: string[]) => (await folder.runs([...args, '--config', program.configFile])).stdout;
  const listed = await run('plugins');
  expect(listed).toMatch(/^A server is running with this config/);
  expect(listed).toMatch(/^ {2}command fail +3 calls, 3 failed, /m);
  expect(listed).toMatch(/^ {2}command spin +1 calls, ([3-9]\d|\d{3,})(\.\d+)? ms each, p99 \d+(\.\d+)? ms$/m);
  expect(listed).toMatch(/^ {2}command message +2 calls, /m);
  const shown = await run('top', '--times', '2', '--every', '0.2');
  expect(shown).toMatch(/^up \d+ s, 2 sessions, 2 online, \d+ messages a second, event loop delay /);
  expect(shown).toMatch(/^limits hit: line-bytes 1$/m);
  // The busiest come first.
  expect(shown).toMatch(/^faulty +command spin +\d+\/s +1 +0 /m);
  await program.stop();
  expect(await run('plugins')).not.toMatch(/calls/);
});

test('a plugin that fails too often is not called any more, and a reload tries it again', async () => {
  const limits = { quarantineAfter: 3, quarantineTime: 60_000 };
  await using program = await startProgram({ plugins, limits }, { files });
  const alice = await program.joins('alice');
  for (let i = 0; i < 2; i++) expect(await alice.asks('fail')).toBe('error:internal:fail');
  expect(await alice.asks('well')).toBe('well');
  expect(await alice.asks('fail')).toBe('error:internal:fail');
  expect(await alice.asks('well')).toBe('error:internal:well');
  expect(await alice.asks('who')).toBe('alice');
  await program.complains(/plugin 'faulty' failed 3 times within 60000 ms and is no longer called until a reload/);
  await program.reloads();
  expect(await alice.asks('well')).toBe('well');
});

test('a plugin that keeps the event loop is named while it does', async () => {
  // The thread that looks on hears of another time at its next look, of which there are five in this one.
  await using program = await startProgram({ plugins, limits: { eventLoopStall: 500 } }, { files });
  await program.configures({ plugins, limits: { eventLoopStall: 100 } });
  await program.reloads();
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  expect(await alice.asks('spin 400')).toBe('spun');
  await program.complains(/"plugin":"faulty","what":"command spin","msg":"plugin 'faulty' has blocked the event loop/);
  await alice.says('message bob spin 500');
  await bob.hears('alice', 'spin 500');
  await program.complains(/"plugin":"faulty","what":"onDeliver"/);
});
