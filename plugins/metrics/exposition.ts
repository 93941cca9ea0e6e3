import type { Spread } from 'chatserv';

/** One number, and what it is of. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** How long things took, and which. */
export interface Times {
  readonly labels?: Readonly<Record<string, string>>;
  readonly spread: Spread;
}

/** A metric as a page of Prometheus' text format has it, version 0.0.4. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** What it says, without a full stop. */
  readonly help: string;
}

/** A metric with its numbers, as lines. */
export function numbers({ name, type, help }: Metric, samples: readonly Sample[]): string {
  return head(name, type, help) + samples.map(({ labels, value }) => line(name, labels, value)).join('');
}

/** A histogram, in seconds, as lines. @param each of how many bounds one is said */
export function histogram({ name, type, help }: Metric, times: readonly Times[], each: number): string {
  const lines = times.map(({ labels, spread: { count, sum, upTo } }) => {
    const bounds = upTo.filter((_, index) => index % each === 0);
    const buckets = bounds.map(([bound, to]) => line(`${name}_bucket`, { ...labels, le: String(bound / 1000) }, to));
    buckets.push(line(`${name}_bucket`, { ...labels, le: '+Inf' }, count));
    return `${buckets.join('')}${line(`${name}_sum`, labels, sum / 1000)}${line(`${name}_count`, labels, count)}`;
  });
  return head(name, type, help) + lines.join('');
}

function head(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: Sample['labels'], value: number): string {
  const pairs = Object.entries(labels ?? {}).map(([key, said]) => `${key}="${escaped(said)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
}
