import { METRICS } from './metrics.ts';
import type { Results, ScenarioResult } from './results.ts';
import type { Spread } from './statistics.ts';

/** In pixels. */
const WIDTH = 960;
const [LEFT, RIGHT] = [480, 930];
const [ROW, GAP, TOP, BOTTOM] = [18, 14, 64, 40];

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #57606a }
.title { font-size: 16px; font-weight: 600; fill: #1f2328 }
.name { font-weight: 600; fill: #1f2328 }
.grid { stroke: #d0d7de }
.one { stroke: #57606a; stroke-width: 1.5 }
.spread { stroke: #0969da; stroke-width: 3; stroke-linecap: round; opacity: .4 }
.median { fill: #0969da }
.other .spread { stroke: #9a6700 }
.other .median { fill: #9a6700 }
.background { fill: #fff }
@media (prefers-color-scheme: dark) {
  text { fill: #9198a1 }
  .title, .name { fill: #f0f6fc }
  .grid { stroke: #3d444d }
  .one { stroke: #9198a1 }
  .spread { stroke: #4493f8 }
  .median { fill: #4493f8 }
  .other .spread { stroke: #d29922 }
  .other .median { fill: #d29922 }
  .background { fill: #0d1117 }
}`;

/** Plots the ratios to the baselines: a dot for the median on a line for the spread. */
export function plotOf(results: Results): string {
  const shown = results.scenarios.filter((scenario) => rowsOf(scenario).length > 0);
  const place = scaleOf(shown.flatMap((scenario) => rowsOf(scenario).map(([, ratio]) => ratio)));
  let y = TOP;
  const groups = shown.map((scenario) => {
    const group = groupOf(scenario, y, place.x);
    y += rowsOf(scenario).length * ROW + GAP;
    return group;
  });
  const height = y + BOTTOM;
  const ticks = place.ticks.map(
    (tick) =>
      `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${place.x(tick)}" x2="${place.x(tick)}" y1="${TOP - 12}" y2="${y}"/>` +
      `<text x="${place.x(tick)}" y="${y + 16}" text-anchor="middle">${tick}x</text>`,
  );
  const date = new Date(results.time).toISOString().slice(0, 10);
  const conditions = `${results.machine}; ${results.cores}; ${results.pairs} pairs of ${results.seconds} s, ${date}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<style>${STYLE}
</style>
<rect class="background" width="${WIDTH}" height="${height}"/>
<text class="title" x="16" y="28">Costs beside the baselines: less is better</text>
${[...ticks, ...groups].join('\n')}
<text x="16" y="${height - 8}">${escaped(conditions)}</text>
</svg>
`;
}

function rowsOf({ variants }: ScenarioResult): readonly (readonly [string, Spread])[] {
  return Object.entries(variants).flatMap(([name, { ratio }]) => (ratio ? [[name, ratio] as const] : []));
}

/** A logarithmic scale. */
function scaleOf(ratios: readonly Spread[]): { readonly ticks: readonly number[]; x(ratio: number): number } {
  const exponents = ratios.flatMap(({ min, max }) => [min, max]).map((ratio) => Math.log2(Math.max(ratio, 1 / 64)));
  const low = Math.floor(Math.min(-1, ...exponents));
  const high = Math.ceil(Math.max(1, ...exponents));
  const x = (ratio: number) =>
    Math.round(LEFT + ((Math.log2(Math.max(ratio, 1 / 64)) - low) / (high - low)) * (RIGHT - LEFT));
  return { ticks: Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i)), x };
}

function groupOf(scenario: ScenarioResult, top: number, x: (ratio: number) => number): string {
  const [first = ''] = Object.keys(scenario.variants);
  const title = `<title>${escaped(scenario.summary)}</title>`;
  const name = `<text class="name" x="16" y="${top + 4}">${escaped(scenario.name)}</text>`;
  const what = `<text x="200" y="${top + 4}">${escaped(METRICS[scenario.headline])}</text>`;
  const rows = rowsOf(scenario).map(([variant, { median, min, max }], i) => {
    const y = top + i * ROW;
    return (
      `<g class="${variant.endsWith('ircd') ? 'other' : 'ours'}"><text x="${LEFT - 12}" y="${y + 4}" text-anchor="end">${escaped(`${variant} / ${first}`)}</text>` +
      `<line class="spread" x1="${x(min)}" x2="${x(max)}" y1="${y}" y2="${y}"/>` +
      `<circle class="median" cx="${x(median)}" cy="${y}" r="4"/>` +
      `<title>${median.toFixed(2)}x (${min.toFixed(2)} to ${max.toFixed(2)})</title></g>`
    );
  });
  return `<g>${title}${name}${what}${rows.join('')}</g>`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
