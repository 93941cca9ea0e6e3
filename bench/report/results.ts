import { METRICS, type Metric } from './metrics.ts';
import { type Spread, spreadOf } from './statistics.ts';

/** What a run of the bench found, as its JSON file has it. */
export interface Results {
  readonly machine: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly pairs: number;
  readonly seconds: number;
  /** Where server and load ran. */
  readonly cores: string;
  /** How busy the machine was before: the system's load average of a minute. */
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
  /** How many times the first variant's headline this one's is, in pairs of one round; none for the first. */
  readonly ratio?: Spread;
}

type Rows = readonly Readonly<Partial<Record<Metric, number>>>[];

/** @param rounds the rows of each variant, one a round */
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
