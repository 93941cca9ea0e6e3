import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { codeIn } from '../support/code-in.ts';
import { startProgram } from '../support/program.ts';

const ROLL = codeIn('docs/plugins.md', 'roll.ts');
const REMEMBER = codeIn('docs/plugins/storage.md', 'remember.ts');

test.each([
  ['roll.ts', 'docs/plugins.md', ROLL],
  ['roll.ts', 'README.md', codeIn('README.md', 'roll.ts')],
  ['remember.ts', 'docs/plugins/storage.md', REMEMBER],
])('%s is the same in %s and among the examples', async (file, _page, code) => {
  expect(code).toBe(await readFile(new URL(`../../examples/${file}`, import.meta.url), 'utf8'));
});

test('the plugins roll and remember run, and notes survive a kill', async () => {
  await using program = await startProgram(
    { plugins: { './roll.ts': { sides: 20 }, './remember.ts': true } },
    { files: { 'roll.ts': ROLL, 'remember.ts': REMEMBER } },
  );
  const alice = await program.joins('alice');
  expect(await alice.asks('roll')).toMatch(/^rolled ([1-9]|1\d|20)$/);
  expect(await alice.asks('remember tea no sugar')).toBe('remembered:');
  await program.kill();
  await program.start();
  expect(await (await program.returns('alice')).asks('recall tea')).toBe('no sugar');
});

test('the plugins with a hook and with a kind of entries run', async () => {
  const files = Object.fromEntries(
    Object.entries({ 'quiet-hours.ts': 'hooks', 'ratings.ts': 'messages' }).map(([file, page]) => [
      file,
      codeIn(`docs/plugins/${page}.md`, file),
    ]),
  );
  const plugins = { './quiet-hours.ts': { from: 0, to: 23 }, './ratings.ts': true };
  await using program = await startProgram({ plugins }, { files });
  const [alice, bob] = [await program.joins('alice'), await program.joins('bob')];
  expect(await alice.asks('message bob hello')).toBe('sent:');
  await bob.hears('alice', 'hello');
  expect(await alice.asks('broadcast hello')).toBe('error:quiet:broadcast');
  expect(await alice.asks('rate 1 5')).toBe('rated:');
  await bob.sees(/^\[[^\]]+\] alice gives 5 stars$/);
});
