import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { startProgram } from '../support/program.ts';

const read = (file: string) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');

/** The code that docs/plugins.md has its reader write into a file. */
async function codeOf(file: string): Promise<string> {
  const [, block = ''] = (await read('docs/plugins.md')).split(`write \`${file}\`:\n\n`);
  return block
    .slice(0, block.search(/^\d\. /m))
    .replace(/^ {7}/gm, '')
    .trimEnd();
}

test.each(['roll.ts', 'remember.ts'])('%s is the same on the page and among the examples', async (file) => {
  expect(`${await codeOf(file)}\n`).toBe(await read(`examples/${file}`));
});

test('the first plugins of docs/plugins.md run, and what they remember survives a kill', async () => {
  const files = { 'roll.ts': await codeOf('roll.ts'), 'remember.ts': await codeOf('remember.ts') };
  await using program = await startProgram(
    { plugins: { './roll.ts': { sides: 20 }, './remember.ts': true } },
    { files },
  );
  const alice = await program.joins('alice');
  expect(await alice.asks('roll')).toMatch(/^rolled ([1-9]|1\d|20)$/);
  expect(await alice.asks('remember tea no sugar')).toBe('remembered:');
  await program.kill();
  await program.start();
  expect(await (await program.returns('alice')).asks('recall tea')).toBe('no sugar');
});
