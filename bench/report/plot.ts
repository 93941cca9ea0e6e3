import { AIMS, measuredFor } from './aims.ts';
import { figure } from './markdown.ts';
import { METRICS } from './metrics.ts';
import type { Results, ScenarioResult } from './results.ts';
import type { Spread } from './statistics.ts';

/** In pixels. */
const WIDTH = 1010;
/** Where the scales are; right of them is room for figures. */
const [LEFT, RIGHT] = [520, 850];
const [ROW, HEAD, TAIL, BOTTOM] = [20, 72, 40, 24];

/** A color by variant, for light and dark backgrounds. Okabe and Ito's, which most people can tell apart. */
const COLORS: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  sqlite: ['#0072b2', '#56b4e9'],
  memory: ['#7a3f9d', '#c297dd'],
  before: ['#8c959f', '#8c959f'],
  ngircd: ['#009e73', '#2cc295'],
  inspircd: ['#d55e00', '#f0883e'],
  reached: ['#0072b2', '#56b4e9'],
  missed: ['#d55e00', '#f0883e'],
};

const colorsOf = (shade: 0 | 1): string =>
  Object.entries(COLORS)
    .map(([name, colors]) => `.${name} { fill: ${colors[shade]}; stroke: ${colors[shade]} }`)
    .join('\n');

const STYLE = `
text { font: 12px system-ui, sans-serif; fill: #57606a; stroke: none }
.title { font-size: 15px; font-weight: 600; fill: #1f2328 }
.name { fill: #1f2328 }
.grid { stroke: #d8dee4 }
.one { stroke: #57606a; stroke-width: 1.5 }
.spread { stroke-width: 3; stroke-linecap: round; opacity: .4 }
.background { fill: #fff }
${colorsOf(0)}
@media (prefers-color-scheme: dark) {
text { fill: #9198a1 }
.title, .name { fill: #f0f6fc }
.grid { stroke: #3d444d }
.one { stroke: #9198a1 }
.background { fill: #0d1117 }
${colorsOf(1)}
}`;

interface Line {
  readonly label: string;
  /** Beside the label. */
  readonly note?: string;
  readonly dots: readonly (Spread & { readonly color: string })[];
  /** Right of the scale. */
  readonly figures: string;
}

interface Panel {
  readonly title: string;
  readonly legend: string;
  readonly lines: readonly Line[];
  readonly ticks: readonly number[];
  readonly unit: string;
}

/** Plots the aims, the costs beside the bare loops, and those of plugins: a dot for the median on a line for the spread. */
export function plotOf(results: Results): string {
  const panels = [aimsPanel(results), costsPanel(results), pluginsPanel(results)].filter(
    ({ lines }) => lines.length > 0,
  );
  let y = 8;
  const drawn = panels.map((panel) => {
    const top = y;
    y += HEAD + panel.lines.length * ROW + TAIL;
    return draw(panel, top);
  });
  const height = y + BOTTOM;
  const dates = results.scenarios.map(({ time }) => new Date(time).toISOString().slice(0, 10)).sort();
  const when = [...new Set([dates[0], dates.at(-1)])].join(' to ');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}">
<title>What chatserv was measured to cost</title>
<style>${STYLE}
</style>
<rect class="background" width="${WIDTH}" height="${height}"/>
${drawn.join('\n')}
<text x="16" y="${height - 12}">${escaped(`${results.machine}; ${results.cores}; ${when}`)}</text>
</svg>
`;
}

/** Every aim as 1. */
function aimsPanel(results: Results): Panel {
  const lines = AIMS.flatMap((aim): Line[] => {
    const measured = measuredFor(aim, results);
    const { work, most, unit } = aim;
    if (measured === undefined || most === undefined) return [];
    const color = measured.median <= most ? 'reached' : 'missed';
    const figures = `${figure(measured.median)}${unit} of ${figure(most)}${unit}`;
    return [{ label: work, dots: [{ ...scaled(measured, 1 / most), color }], figures }];
  });
  return {
    title: 'Measured, as a part of what it may be at most',
    legend: legendOf(['reached', 'missed']),
    lines,
    ticks: doubling(lines),
    unit: '',
  };
}

function costsPanel({ scenarios }: Results): Panel {
  const lines = scenarios.flatMap((scenario): Line[] => {
    const [first = ''] = Object.keys(scenario.variants);
    if (first !== 'bare' && first !== 'durable') return [];
    const ratios = ratiosOf(scenario).filter(([variant]) => variant in COLORS);
    if (ratios.length === 0) return [];
    const dots = ratios.map(([variant, ratio]) => ({ ...ratio, color: variant }));
    const [, ours] = ratios.find(([variant]) => variant === 'sqlite') ?? [];
    return [
      {
        label: scenario.name,
        note: `${METRICS[scenario.headline]}, beside ${first}`,
        dots,
        figures: ours ? `sqlite ${figure(ours.median)}x` : '',
      },
    ];
  });
  const shown = ['sqlite', 'memory', 'before', 'ngircd', 'inspircd'].filter((variant) =>
    lines.some(({ dots }) => dots.some(({ color }) => color === variant)),
  );
  return {
    title: 'Costs beside a bare loop that does the same work',
    legend: legendOf(shown),
    lines,
    ticks: doubling(lines),
    unit: 'x',
  };
}

function pluginsPanel({ scenarios }: Results): Panel {
  const lines = scenarios.flatMap((scenario): Line[] => {
    if (!/^(idle-plugins|plugin)-/.test(scenario.name)) return [];
    return ratiosOf(scenario).map(([variant, ratio]) => ({
      label: variant === 'with' ? scenario.name.slice('plugin-'.length) : `${variant}: ${scenario.name}`,
      dots: [{ ...ratio, color: 'sqlite' }],
      figures: `${figure(ratio.median)}x`,
    }));
  });
  const ratios = lines.flatMap(({ dots }) => dots);
  const low = Math.floor(Math.min(0.9, ...ratios.map(({ min }) => min)) * 10);
  const high = Math.ceil(Math.max(1.1, ...ratios.map(({ max }) => max)) * 10);
  const tenths = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  // The ends and 1, and no more than there is room for.
  const ticks = tenths.length < 8 ? tenths : [low, 10, high];
  return {
    title: 'CPU a message with a plugin, beside the same without it',
    legend: '',
    lines,
    ticks: ticks.map((tick) => tick / 10),
    unit: 'x',
  };
}

function ratiosOf({ variants }: ScenarioResult): readonly (readonly [string, Spread])[] {
  return Object.entries(variants).flatMap(([name, { ratio }]) => (ratio ? [[name, ratio] as const] : []));
}

const scaled = ({ median, min, max }: Spread, by: number): Spread => ({
  median: median * by,
  min: min * by,
  max: max * by,
});

/** Powers of two around all values and 1. */
function doubling(lines: readonly Line[]): readonly number[] {
  const values = lines.flatMap(({ dots }) => dots.flatMap(({ min, max }) => [min, max]));
  const exponents = values.map((value) => Math.log2(Math.max(value, 1 / 64)));
  const low = Math.floor(Math.min(-1, ...exponents));
  const high = Math.ceil(Math.max(1, ...exponents));
  return Array.from({ length: high - low + 1 }, (_, i) => 2 ** (low + i));
}

/** On a logarithmic scale. */
function draw({ title, legend, lines, ticks, unit }: Panel, top: number): string {
  const [low, high] = [ticks[0] ?? 0.5, ticks.at(-1) ?? 2].map(Math.log2) as [number, number];
  const x = (value: number) =>
    (LEFT + ((Math.log2(Math.max(value, 2 ** low)) - low) / (high - low)) * (RIGHT - LEFT)).toFixed(1);
  const end = top + HEAD + lines.length * ROW - 6;
  const scale = ticks.map(
    (tick) =>
      `<line class="${tick === 1 ? 'one' : 'grid'}" x1="${x(tick)}" x2="${x(tick)}" y1="${top + HEAD - 14}" y2="${end}"/>` +
      `<text x="${x(tick)}" y="${end + 16}" text-anchor="middle">${tick}${unit}</text>`,
  );
  const rows = lines.map(({ label, note, dots, figures }, i) => {
    const y = top + HEAD + i * ROW;
    const marks = dots.map(({ median, min, max, color }, k) => {
      const at = y + (k - (dots.length - 1) / 2) * 3;
      return (
        `<g class="${color}"><line class="spread" x1="${x(min)}" x2="${x(max)}" y1="${at}" y2="${at}"/>` +
        `<circle cx="${x(median)}" cy="${at}" r="4"/></g>`
      );
    });
    const beside = note ? `<text x="${LEFT - 14}" y="${y + 4}" text-anchor="end">${escaped(note)}</text>` : '';
    return (
      `<text class="name" x="16" y="${y + 4}">${escaped(label)}</text>${beside}${marks.join('')}` +
      `<text x="${RIGHT + 14}" y="${y + 4}">${escaped(figures)}</text>`
    );
  });
  return [
    `<text class="title" x="16" y="${top + 24}">${escaped(title)}: less is better</text>`,
    `<g transform="translate(16 ${top + 42})">${legend}</g>`,
    ...scale,
    ...rows,
  ].join('\n');
}

function legendOf(names: readonly string[]): string {
  const width = 90;
  return names
    .map(
      (name, i) =>
        `<circle class="${name}" cx="${i * width + 4}" cy="0" r="4"/><text x="${i * width + 14}" y="4">${name}</text>`,
    )
    .join('');
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}
