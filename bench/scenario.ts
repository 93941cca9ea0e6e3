import type { Metric } from './report/metrics.ts';
import type { Rounds } from './report/results.ts';
import type { Cores } from './servers/cores.ts';
import type { Kind, Places, Variant } from './servers/variant.ts';
import type { Effort, Workload } from './workloads/workload.ts';

/** How to measure. */
export interface Setup {
  /** How many times each variant is measured. */
  readonly pairs: number;
  readonly effort: Effort;
  readonly places: Places;
  readonly cores: Cores | undefined;
  /** Labels of the only variants to measure; all if undefined. */
  readonly wanted: readonly string[] | undefined;
}

export type Scenario = ServerScenario | OtherScenario;

interface Described {
  readonly name: string;
  readonly summary: string;
  /** The metric that is compared with the baseline, and plotted. */
  readonly headline: Metric;
}

/** The same work for several servers. */
export interface ServerScenario extends Described {
  /** By label. The first is the baseline of the others. */
  readonly variants: Readonly<Record<string, Variant>>;
  readonly workload: Workload;
}

/** Measures something other than one server. */
export interface OtherScenario extends Described {
  /** Whether its first variant is the baseline of the others. */
  readonly isCompared?: boolean;
  measure(setup: Setup): Promise<Rounds>;
}

/** Plain variants, labelled with their kinds. */
export const of = (...kinds: Kind[]): Record<string, Variant> =>
  Object.fromEntries(kinds.map((kind) => [kind, { kind }]));

/** The same variants with more options. */
export const each = (variants: Record<string, Variant>, more: Partial<Variant>): Record<string, Variant> =>
  Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, { ...variant, ...more }]));
