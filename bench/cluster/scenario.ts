import { NATS } from '../../test/support/nats-program.ts';
import { POSTGRES } from '../../test/support/postgres-programs.ts';
import type { Row } from '../report/results.ts';
import type { OtherScenario, Setup } from '../scenario.ts';
import type { Variant } from '../servers/variant.ts';
import { inTurns } from '../turns.ts';
import type { Effort } from '../workloads/workload.ts';
import { Cluster } from './cluster.ts';

/** Measures a cluster once: starts it, loads it, stops it. */
export type ClusterWorkload = (
  start: (plugins?: Variant['plugins'], more?: Partial<Variant>) => Promise<Cluster>,
  effort: Effort,
) => Promise<Row>;

type Described = Pick<OtherScenario, 'name' | 'summary' | 'headline'>;

/** The same work for several numbers of servers. */
export function onServers(described: Described, workload: ClusterWorkload, counts: readonly number[] = [1, 2, 3]) {
  const variants = new Map(counts.map((count) => [count === 1 ? '1 server' : `${count} servers`, count]));
  return inCluster(described, variants, (count, setup) =>
    workload((plugins, more) => Cluster.start(count, setup, { ...more, plugins }), setup.effort),
  );
}

/** Variants that need PostgreSQL and NATS. @param variants by label; the first is the baseline of the others */
export function inCluster<Variant>(
  described: Described,
  variants: ReadonlyMap<string, Variant>,
  run: (variant: Variant, setup: Setup) => Promise<Row>,
): OtherScenario {
  return {
    ...described,
    isCompared: true,
    async measure(setup) {
      if (NATS === undefined || POSTGRES === undefined) return new Map();
      return inTurns(described.name, variants, setup, (variant) => run(variant, setup));
    },
  };
}
