/**
 * Prints results as tables, the aims first, and draws them:
 * `npm run bench:report bench/results/all.json docs/performance.svg`.
 */
import { writeFileSync } from 'node:fs';
import { aimsOf } from './report/aims.ts';
import { markdownOf } from './report/markdown.ts';
import { plotOf } from './report/plot.ts';
import { readResults } from './report/results-file.ts';

const [from, to] = process.argv.slice(2);
if (from === undefined) {
  process.stderr.write('Usage: node bench/report.ts RESULTS.json [PLOT.svg]\n');
  process.exit(2);
}
const results = readResults(from);
console.log([aimsOf(results), ...results.scenarios.map(markdownOf)].join('\n'));
if (to !== undefined) writeFileSync(to, plotOf(results));
