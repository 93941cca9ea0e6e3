/**
 * Simulates a chat of up to a million sessions on many servers, and writes its tables into docs/scaling.md:
 * `npm run bench:scaling`. With results of `npm run bench -- --json FILE cluster` it takes over what was measured first:
 * `npm run bench:scaling -- FILE`. With `--check` it writes nothing, and fails if the page has other tables.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { markdownOf } from './report/markdown.ts';
import { readResults } from './report/results-file.ts';
import { type Costs, costsOf } from './scaling/costs.ts';
import { assumptionsOf, tablesOf } from './scaling/tables.ts';

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
const PAGE = path('../docs/scaling.md');
const COSTS = path('scaling/costs.json');

const { values, positionals } = parseArgs({ allowPositionals: true, options: { check: { type: 'boolean' } } });
const [file] = positionals;
const page = readFileSync(PAGE, 'utf8');

const measured = file === undefined ? undefined : readResults(file);
const costs = measured === undefined ? (JSON.parse(readFileSync(COSTS, 'utf8')) as Costs) : costsOf(measured);
const parts = {
  ...tablesOf(costs),
  assumptions: assumptionsOf(),
  machine: `Measured at commit ${costs.commit} on ${costs.machine}, with PostgreSQL, NATS and the load on the second core.`,
  ...(measured && { measured: measured.scenarios.filter(isOfCluster).map(markdownOf).join('\n').trim() }),
};

/** The page with each part between its marks. @throws Error when it lacks one */
function filled(text: string): string {
  return Object.entries(parts).reduce((text, [name, part]) => {
    const pattern = new RegExp(`(<!-- ${name} -->\n)[^]*?(<!-- end -->)`);
    if (!pattern.test(text)) throw new Error(`docs/scaling.md lacks <!-- ${name} --> ... <!-- end -->`);
    return text.replace(pattern, (_all, begin: string, end: string) => `${begin}\n${part}\n\n${end}`);
  }, text);
}

function isOfCluster({ name }: { readonly name: string }): boolean {
  return name.startsWith('cluster-');
}

const now = filled(page);
if (values.check === true) {
  if (now !== page) throw new Error('docs/scaling.md has other tables: npm run bench:scaling');
} else {
  writeFileSync(PAGE, now);
  if (measured !== undefined) writeFileSync(COSTS, `${JSON.stringify(costs, undefined, 2)}\n`);
  console.log('docs/scaling.md has its tables.');
}
