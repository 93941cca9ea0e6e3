/**
 * Fuzzes the code that reads untrusted input. `npm run fuzz` tries every target unless some are named.
 * `--inputs` is the number of inputs per target, and `--seed` repeats a run. `--keep` writes inputs that reached new
 * code, or the one that failed, to test/fuzz/corpus/.
 */
import { parseArgs } from 'node:util';
import { registerModuleHooks } from '../../src/host/self.ts';
import { asLine, readCorpus, writeCorpus, writeFound } from './corpus.ts';
import { Coverage } from './coverage.ts';
import { fuzz, type Target } from './engine.ts';
import { Random } from './random.ts';

/** How often to print progress, in milliseconds. */
const REPORT_EVERY = 30_000;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    inputs: { type: 'string', default: '10000' },
    seed: { type: 'string', default: String(Date.now() % 2 ** 31) },
    keep: { type: 'boolean', default: false },
  },
});

registerModuleHooks();
const { TARGETS } = await import('./targets/all.ts');
const unknown = positionals.filter((name) => !TARGETS.some((target) => target.name === name));
if (unknown.length > 0) throw new Error(`There is no target ${unknown}; known: ${TARGETS.map(({ name }) => name)}.`);
for (const target of TARGETS) if (positionals.length === 0 || positionals.includes(target.name)) await run(target);

async function run(target: Target): Promise<void> {
  const began = performance.now();
  let reported = began;
  const report = (tried: number, suffix: string) => {
    const seconds = (performance.now() - began) / 1000;
    const speed = Math.round(tried / seconds).toLocaleString('en');
    console.log(
      `${target.name}: ${tried.toLocaleString('en')} inputs in ${seconds.toFixed(0)} s, ${speed} a second${suffix}`,
    );
  };
  const coverage = new Coverage((url) => target.code.test(url));
  const seeds = readCorpus(target.name);
  const outcome = await fuzz(
    target,
    seeds,
    Number(values.inputs),
    new Random(Number(values.seed)),
    coverage,
    (tried) => {
      if (performance.now() - reported < REPORT_EVERY) return;
      reported = performance.now();
      report(tried, '');
    },
  );
  coverage.close();
  await target.close?.();
  const { tried, corpus, finding } = outcome;
  report(tried, `, seed ${values.seed}; ${corpus.length} ran new code, ${coverage.size} characters of it in all`);
  if (finding !== undefined) {
    console.log(`${target.name}: something is wrong with this input:\n${asLine(finding.input)}`);
    console.log(finding.cause);
    process.exitCode = 1;
  }
  if (!values.keep) return;
  if (finding === undefined) writeCorpus(target.name, corpus);
  else writeFound(target.name, finding.input);
}
