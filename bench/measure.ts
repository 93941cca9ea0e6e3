import { type Rounds, summarize, type VariantResult } from './report/results.ts';
import type { Scenario, ServerScenario, Setup } from './scenario.ts';
import { isInstalled } from './servers/irc.ts';
import { Server } from './servers/server.ts';
import { isIrc } from './servers/variant.ts';
import { inTurns } from './turns.ts';

/** Measures a scenario. @returns its variants; none if it has none here */
export async function measure(scenario: Scenario, setup: Setup): Promise<Readonly<Record<string, VariantResult>>> {
  const isOfServers = 'workload' in scenario;
  const rounds = await (isOfServers ? servers(scenario, setup) : scenario.measure(setup));
  return summarize(rounds, scenario.headline, isOfServers || scenario.isCompared === true);
}

function servers({ name, variants, workload }: ServerScenario, setup: Setup): Promise<Rounds> {
  const { effort, places, cores } = setup;
  const available = Object.entries(variants).filter(([, variant]) =>
    variant.kind === 'before' ? places.before !== undefined : !isIrc(variant) || isInstalled(variant.kind),
  );
  return inTurns(name, new Map(available), setup, (variant) =>
    workload((more) => Server.start({ ...variant, ...more }, places, cores), effort),
  );
}
