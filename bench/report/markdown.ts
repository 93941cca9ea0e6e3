import { METRICS, type Metric } from './metrics.ts';
import type { ScenarioResult, VariantResult } from './results.ts';
import type { Spread } from './statistics.ts';

/** A table with a row per variant: the headline and its ratio to the baseline with their spreads, then the other medians. */
export function markdownOf(result: ScenarioResult): string {
  const { name, summary, headline, variants } = result;
  const all = Object.values(variants);
  const others = (Object.keys(METRICS) as Metric[]).filter(
    (metric) => metric !== headline && all.some(({ metrics }) => metrics[metric] !== undefined),
  );
  const [first = ''] = Object.keys(variants);
  const isCompared = all.some(({ ratio }) => ratio !== undefined);
  const heads = [
    '',
    METRICS[headline],
    ...(isCompared ? [`beside ${first}`] : []),
    ...others.map((metric) => METRICS[metric]),
  ];
  const row = (variant: string, { metrics, ratio }: VariantResult) => [
    variant,
    withSpread(metrics[headline]),
    ...(isCompared ? [withSpread(ratio)] : []),
    ...others.map((metric) => figure(metrics[metric]?.median)),
  ];
  const rows = Object.entries(variants).map(([variant, measured]) => row(variant, measured));
  return `### ${name}\n\n${summary}. ${conditionsOf(result)}.\n\n${tableOf(heads, rows)}\n`;
}

function conditionsOf({ commit, pairs, seconds, loadAverage }: ScenarioResult): string {
  return `${commit === '' ? '' : `Commit ${commit}; `}${pairs} x ${seconds} s; load average ${loadAverage.toFixed(1)}`;
}

export function tableOf(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heads, heads.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

export function withSpread(spread: Spread | undefined, unit = ''): string {
  if (spread === undefined) return '';
  const { median, min, max } = spread;
  const middle = `${figure(median)}${unit}`;
  return min === max ? middle : `${middle} (${figure(min)} to ${figure(max)})`;
}

export function figure(value: number | undefined): string {
  if (value === undefined) return '';
  if (Math.abs(value) >= 1000) return Math.round(value).toLocaleString('en');
  return Number.isInteger(value) ? String(value) : value.toPrecision(3);
}
