import type { Metric } from './report/metrics.ts';
import type { Kind, Variant } from './servers/variant.ts';
import type { Workload } from './workloads/workload.ts';

export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** By label. The first is the baseline of the others. */
  readonly variants: Readonly<Record<string, Variant>>;
  readonly workload: Workload;
  /** The metric that is compared with the baseline, and plotted. */
  readonly headline: Metric;
}

/** Plain variants, labelled with their kinds. */
export const of = (...kinds: Kind[]): Record<string, Variant> =>
  Object.fromEntries(kinds.map((kind) => [kind, { kind }]));

/** The same variants with more options. */
export const each = (variants: Record<string, Variant>, more: Partial<Variant>): Record<string, Variant> =>
  Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, { ...variant, ...more }]));
