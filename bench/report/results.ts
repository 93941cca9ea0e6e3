import { METRICS, type Metric } from './metrics.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** The contents of a JSON results file. */
export interface Results {
  readonly machine: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly pairs: number;
  readonly seconds: number;
  /** Where server and load ran. */
  readonly cores: string;
  /** The one-minute load average before the run. */
  readonly loadAverage: number;
  readonly scenarios: ScenarioResult[];
}

export interface ScenarioResult {
  readonly name: string;
  readonly summary: string;
  readonly headline: Metric;
  readonly variants: Readonly<Record<string, VariantResult>>;
}

export interface VariantResult {
  readonly metrics: Readonly<Partial<Record<Metric, Spread>>>;
  /** The headline beside the first variant's in the same round; none for the first. */
  readonly ratio?: Spread;
}

type Rows = readonly Readonly<Partial<Record<Metric, number>>>[];

/** @param rounds each variant's rows, one per round */
export function summarize(
  { name, summary, headline }: Omit<ScenarioResult, 'variants'>,
  rounds: ReadonlyMap<string, Rows>,
): ScenarioResult {
  const [first = []] = rounds.values();
  const variants = [...rounds].map(([variant, rows]) => {
    const spreads = (Object.keys(METRICS) as Metric[]).map(
      (metric) => [metric, spreadOf(rows.map((row) => row[metric] ?? Number.NaN))] as const,
    );
    const ratios = rows.map((row, i) => (row[headline] ?? Number.NaN) / (first[i]?.[headline] ?? Number.NaN));
    const ratio = rows === first ? undefined : spreadOf(ratios);
    const metrics = Object.fromEntries(spreads.filter(([, spread]) => spread !== undefined));
    return [variant, { metrics, ...(ratio && { ratio }) }] as const;
  });
  return { name, summary, headline, variants: Object.fromEntries(variants) };
}
