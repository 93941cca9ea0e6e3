/**
 * Measures chatserv beside a bare server and, where they are installed, two IRC servers, over loopback sockets. The
 * server is one process, this one generates the load. Prints a table per scenario.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, type Setup } from './measure.ts';
import { markdownOf } from './report/markdown.ts';
import type { Results } from './report/results.ts';
import type { Scenario } from './scenario.ts';
import { SCENARIOS } from './scenarios.ts';
import { pin } from './servers/cores.ts';
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
  --json FILE       write the results to FILE, for npm run bench:plot
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
    pin: { type: 'boolean', default: true },
  },
});

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
  const results = resultsOf(setup);
  const { machine, pairs, seconds, cores, loadAverage } = results;
  console.log(`${machine}; ${cores}; ${pairs} x ${seconds} s; load average ${loadAverage.toFixed(1)}\n`);
  if (values.json) mkdirSync(dirname(values.json), { recursive: true });
  for (const name of Object.keys(IRC_SERVERS).filter((name) => !isInstalled(name))) {
    console.log(`Skipped ${name}: not installed (apt-get install ${name}).\n`);
  }
  for (const scenario of chosen) {
    const result = await measure(scenario, setup);
    if (Object.keys(result.variants).length === 0) {
      console.log(`Skipped ${scenario.name}: nothing to measure here.\n`);
      continue;
    }
    results.scenarios.push(result);
    console.log(markdownOf(result));
    if (values.json) writeFileSync(values.json, `${JSON.stringify(results, undefined, 2)}\n`);
  }
}

function resultsOf({ pairs, effort: { seconds }, cores }: Setup): Results {
  const [cpu] = cpus();
  return {
    machine: `${cpus().length} cores (${cpu?.model}), ${Math.round(totalmem() / 2 ** 30)} GiB, Node.js ${process.versions.node}`,
    time: Date.now(),
    pairs,
    seconds,
    cores: cores ? `server on core ${cores.server}, load on core ${cores.load}` : 'server and load on any core',
    loadAverage: loadavg()[0] ?? 0,
    scenarios: [],
  };
}
