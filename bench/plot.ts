/** Draws results: `node bench/plot.ts bench/results/all.json docs/performance.svg`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { plotOf } from './report/plot.ts';
import type { Results } from './report/results.ts';

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  process.stderr.write('Usage: node bench/plot.ts RESULTS.json PLOT.svg\n');
  process.exit(2);
}
writeFileSync(to, plotOf(JSON.parse(readFileSync(from, 'utf8')) as Results));
