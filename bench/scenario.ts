import type { Metric } from './report/metrics.ts';
import type { Kind, Variant } from './servers/variant.ts';
import type { Workload } from './workloads/workload.ts';

export interface Scenario {
  readonly name: string;
  readonly summary: string;
  /** By what the tables call them; each but the first is compared with the first. */
  readonly variants: Readonly<Record<string, Variant>>;
  readonly workload: Workload;
  /** What is compared, and shown in the plot. */
  readonly headline: Metric;
}

/** Variants that are called like their kinds. */
export const of = (...kinds: Kind[]): Record<string, Variant> =>
  Object.fromEntries(kinds.map((kind) => [kind, { kind }]));

/** Each with another thing about it. */
export const each = (variants: Record<string, Variant>, more: Partial<Variant>): Record<string, Variant> =>
  Object.fromEntries(Object.entries(variants).map(([name, variant]) => [name, { ...variant, ...more }]));
