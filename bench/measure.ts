import { type Rounds, type Row, summarize, type VariantResult } from './report/results.ts';
import type { Scenario, ServerScenario, Setup } from './scenario.ts';
import { isInstalled } from './servers/irc.ts';
import { Server } from './servers/server.ts';
import { isIrc, type Variant } from './servers/variant.ts';

/** Time limit of one run, in milliseconds. */
const PATIENCE = 300_000;

/** Measures a scenario. @returns its variants; none if it has none here */
export async function measure(scenario: Scenario, setup: Setup): Promise<Readonly<Record<string, VariantResult>>> {
  const isCompared = 'workload' in scenario;
  const rounds = isCompared ? await inTurns(scenario, setup) : await scenario.measure(setup);
  return summarize(rounds, scenario.headline, isCompared);
}

/** Measures the variants in turns, so that other load on the machine affects them alike. */
async function inTurns(scenario: ServerScenario, setup: Setup): Promise<Rounds> {
  const { pairs, effort, places, cores } = setup;
  const variants = variantsOf(scenario, setup);
  const rounds = new Map<string, Row[]>(variants.map(([name]) => [name, []]));
  for (let pair = 0; pair < pairs; pair++) {
    // Every other time the other way round: neither is always the one that runs on a warmer machine.
    for (const [name, variant] of pair % 2 === 0 ? variants : variants.toReversed()) {
      const run = scenario.workload((more) => Server.start({ ...variant, ...more }, places, cores), effort);
      rounds.get(name)?.push(await within(run, `${scenario.name} of ${name}`));
    }
  }
  return rounds;
}

/** The variants that were asked for and are available. */
function variantsOf({ variants }: ServerScenario, { wanted, places }: Setup): readonly [string, Variant][] {
  return Object.entries(variants).filter(([label, variant]) => {
    if (wanted && !wanted.includes(label)) return false;
    if (variant.kind === 'before') return places.before !== undefined;
    return !isIrc(variant) || isInstalled(variant.kind);
  });
}

/** @throws Error after the time limit */
async function within<T>(run: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} took longer than ${PATIENCE / 1000} s`)), PATIENCE);
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}
