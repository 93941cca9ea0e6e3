import { METRICS, type Metric } from './metrics.ts';
import type { ScenarioResult, VariantResult } from './results.ts';
import type { Spread } from './statistics.ts';

/** A table with a row per variant: the headline and its ratio to the baseline with their spreads, then the other medians. */
export function markdownOf({ name, summary, headline, variants }: ScenarioResult): string {
  const all = Object.values(variants);
  const others = (Object.keys(METRICS) as Metric[]).filter(
    (metric) => metric !== headline && all.some(({ metrics }) => metrics[metric] !== undefined),
  );
  const [first = ''] = Object.keys(variants);
  const compared = all.length > 1;
  const heads = [
    '',
    METRICS[headline],
    ...(compared ? [`beside ${first}`] : []),
    ...others.map((metric) => METRICS[metric]),
  ];
  const row = (variant: string, { metrics, ratio }: VariantResult) => [
    variant,
    withSpread(metrics[headline]),
    ...(compared ? [withSpread(ratio)] : []),
    ...others.map((metric) => figure(metrics[metric]?.median)),
  ];
  const rows = [
    heads,
    heads.map(() => '---'),
    ...Object.entries(variants).map(([variant, result]) => row(variant, result)),
  ];
  return `### ${name}\n\n${summary}.\n\n${rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
}

function withSpread(spread: Spread | undefined): string {
  if (spread === undefined) return '';
  const { median, min, max } = spread;
  return min === max ? figure(median) : `${figure(median)} (${figure(min)} to ${figure(max)})`;
}

function figure(value: number | undefined): string {
  if (value === undefined) return '';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
