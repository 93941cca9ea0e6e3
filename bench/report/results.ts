import { METRICS, type Metric } from './metrics.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** The contents of a JSON results file. */
export interface Results {
  readonly machine: string;
  /** Where server and load ran. */
  readonly cores: string;
  readonly scenarios: ScenarioResult[];
}

/** How a scenario was measured. */
export interface Conditions {
  /** Milliseconds since 1970. */
  readonly time: number;
  /** As git abbreviates it, with `-dirty` after it where files were changed; empty outside of a checkout. */
  readonly commit: string;
  readonly pairs: number;
  readonly seconds: number;
  /** The one-minute load average before it. */
  readonly loadAverage: number;
}

export interface ScenarioResult extends Conditions {
  readonly name: string;
  readonly summary: string;
  readonly headline: Metric;
  readonly variants: Readonly<Record<string, VariantResult>>;
}

/** The metrics of one run. */
export type Row = Readonly<Partial<Record<Metric, number>>>;

export interface VariantResult {
  readonly metrics: Readonly<Partial<Record<Metric, Spread>>>;
  /** The headline beside the first variant's in the same round; none for the first. */
  readonly ratio?: Spread;
  /** One for each round. */
  readonly runs: readonly Row[];
}

/** The runs of each variant, one per round. */
export type Rounds = ReadonlyMap<string, readonly Row[]>;

/** @param isCompared whether the first variant is the baseline of the others */
export function summarize(
  rounds: Rounds,
  headline: Metric,
  isCompared: boolean,
): Readonly<Record<string, VariantResult>> {
  const [first = []] = rounds.values();
  const variants = [...rounds].map(([variant, runs]): [string, VariantResult] => {
    const spreads = (Object.keys(METRICS) as Metric[]).map(
      (metric) => [metric, spreadOf(runs.map((run) => run[metric] ?? Number.NaN))] as const,
    );
    const ratio = runs === first || !isCompared ? undefined : compare(runs, first, headline, RATIO);
    const metrics = Object.fromEntries(spreads.filter(([, spread]) => spread !== undefined));
    return [variant, { metrics, ...(ratio && { ratio }), runs }];
  });
  return Object.fromEntries(variants);
}

export const RATIO = (value: number, baseline: number): number => value / baseline;
export const DIFFERENCE = (value: number, baseline: number): number => value - baseline;

/** Compares a metric with a baseline's, each with the run of the same round. */
export function compare(
  runs: readonly Row[],
  baseline: readonly Row[],
  metric: Metric,
  by: (value: number, baseline: number) => number,
): Spread | undefined {
  return spreadOf(runs.map((run, i) => by(run[metric] ?? Number.NaN, baseline[i]?.[metric] ?? Number.NaN)));
}
