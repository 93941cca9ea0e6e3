/**
 * Measures chatserv beside the least that a chat can do and, where they are installed, beside IRC servers, over loopback
 * sockets. The server is one process, this one makes the load. Prints tables.
 */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
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

Measures the scenarios of those names, or whose names begin so, or all of them.

  --list            print the scenarios
  --quick           one pair of a second each and few clients: does it still work?
  --pairs N         how often each variant is measured, in turns (5)
  --seconds N       how long each time (3)
  --variants A,B    only these
  --before FOLDER   another checkout of chatserv to compare with, as the variant 'before'
  --json FILE       write the results there, for bench/plot.ts
  --no-pin          leave it to the system which cores server and load run on
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

if (values.help) process.stdout.write(USAGE);
else if (values.list) for (const { name, summary } of SCENARIOS) console.log(`${name}: ${summary}`);
else await run(scenarios(positionals));

/** Those of the names, or whose names begin so where none is called that. @throws Error when there is no such one */
function scenarios(names: readonly string[]): readonly Scenario[] {
  const chosen = names.flatMap((wanted) => {
    const exact = SCENARIOS.filter(({ name }) => name === wanted);
    const found = exact.length > 0 ? exact : SCENARIOS.filter(({ name }) => name.startsWith(wanted));
    if (found.length === 0) throw new Error(`no scenario is called '${wanted}': see --list`);
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
      warmUp: quick ? 0.2 : 1,
      scale: quick ? 0.05 : 1,
    },
    places: places(values.before),
    cores: values.pin ? pin() : undefined,
    wanted: values.variants?.split(','),
  };
  const results = resultsOf(setup);
  const { machine, pairs, seconds, cores, loadAverage } = results;
  console.log(`${machine}; ${cores}; ${pairs} x ${seconds} s; load average ${loadAverage.toFixed(1)}\n`);
  for (const name of Object.keys(IRC_SERVERS).filter((name) => !isInstalled(name))) {
    console.log(`Left out: ${name}, which is not installed (apt-get install ${name}).\n`);
  }
  for (const scenario of chosen) {
    const result = await measure(scenario, setup);
    if (Object.keys(result.variants).length === 0) {
      console.log(`Left out: ${scenario.name}, of which nothing can be measured here.\n`);
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
