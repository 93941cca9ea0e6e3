/**
 * Measures chatserv beside a bare server and, where they are installed, two IRC servers, over loopback sockets. The
 * server is one process, this one generates the load. Prints a table per scenario.
 */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { measure } from './measure.ts';
import { aimsOf } from './report/aims.ts';
import { markdownOf } from './report/markdown.ts';
import type { Conditions } from './report/results.ts';
import { ResultsFile } from './report/results-file.ts';
import type { Scenario, Setup } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { type Cores, pin } from './servers/cores.ts';
import { IRC_SERVERS, isInstalled } from './servers/irc.ts';
import { places } from './servers/places.ts';

const USAGE = `npm run bench -- [options] [name ...]

Runs all scenarios, or those with a given name or prefix.

  --list            print the scenarios
  --quick           smoke test: one pair of one second each, with less data
  --pairs N         measure each variant N times, in turns (5)
  --seconds N       measure for N seconds each time (3)
  --variants A,B    measure only these variants
  --before FOLDER   compare with another checkout of chatserv, as the variant 'before'
  --json FILE       add the results to FILE, for npm run bench:report
  --resume          leave out what FILE has already
  --no-pin          do not pin the server and the load to different cores
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  allowNegative: true,
  options: {
    list: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    pairs: { type: 'string' },
    seconds: { type: 'string' },
    variants: { type: 'string' },
    before: { type: 'string' },
    json: { type: 'string' },
    resume: { type: 'boolean', default: false },
    pin: { type: 'boolean', default: true },
  },
});

const MACHINE = `${cpus().length} cores (${cpus()[0]?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.versions.node}`;

// 'exit' is where servers are killed and temporary folders removed.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

if (values.help) process.stdout.write(USAGE);
else if (values.list) for (const { name, summary } of SCENARIOS) console.log(`${name}: ${summary}`);
else await run(scenarios(positionals));

/** The scenarios with these names; a name that is none's is a prefix. @throws Error when it is no prefix either */
function scenarios(names: readonly string[]): readonly Scenario[] {
  const chosen = names.flatMap((wanted) => {
    const exact = SCENARIOS.filter(({ name }) => name === wanted);
    const found = exact.length > 0 ? exact : SCENARIOS.filter(({ name }) => name.startsWith(wanted));
    if (found.length === 0) throw new Error(`unknown scenario '${wanted}': see --list`);
    return found;
  });
  return names.length === 0 ? SCENARIOS : SCENARIOS.filter((scenario) => chosen.includes(scenario));
}

async function run(chosen: readonly Scenario[]): Promise<void> {
  const { quick } = values;
  const setup: Setup = {
    pairs: Number(values.pairs ?? (quick ? 1 : 5)),
    effort: {
      seconds: Number(values.seconds ?? (quick ? 1 : 3)),
      // Compiling makes up a third of what is measured after one second on a slow machine.
      warmUp: quick ? 0.2 : 4,
      scale: quick ? 0.05 : 1,
    },
    places: places(values.before),
    cores: values.pin ? pin() : undefined,
    wanted: values.variants?.split(','),
  };
  const order = SCENARIOS.map(({ name }) => name);
  const file = new ResultsFile(values.json, order, MACHINE, inWords(setup.cores));
  console.log(`${MACHINE}; ${inWords(setup.cores)}\n`);
  for (const name of Object.keys(IRC_SERVERS).filter((name) => !isInstalled(name))) {
    console.log(`Skipped ${name}: not installed (apt-get install ${name}).\n`);
  }
  for (const scenario of chosen) {
    const { name, summary, headline } = scenario;
    if (values.resume && file.has(name)) continue;
    const conditions = conditionsOf(setup);
    const variants = await measure(scenario, setup);
    if (Object.keys(variants).length === 0) {
      console.log(`Skipped ${name}: nothing to measure here.\n`);
      continue;
    }
    const result = { name, summary, headline, ...conditions, variants };
    file.add(result);
    console.log(markdownOf(result));
  }
  console.log(aimsOf(file.results));
}

function conditionsOf({ pairs, effort: { seconds } }: Setup): Conditions {
  return { time: Date.now(), commit: commit(), pairs, seconds, loadAverage: loadavg()[0] ?? 0 };
}

function commit(): string {
  try {
    return execFileSync('git', ['describe', '--always', '--dirty', '--exclude', '*'], {
      cwd: import.meta.dirname,
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  } catch {
    return '';
  }
}

function inWords(cores: Cores | undefined): string {
  return cores ? `server on core ${cores.server}, load on core ${cores.load}` : 'server and load on any core';
}
