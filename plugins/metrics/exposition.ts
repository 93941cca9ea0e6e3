import type { HistogramSnapshot } from 'chatserv';

/** One value with its labels. */
export interface Sample {
  readonly labels?: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A distribution of durations with its labels. */
export interface Times {
  readonly labels?: Readonly<Record<string, string>>;
  readonly spread: HistogramSnapshot;
}

/** A metric in Prometheus' text format, version 0.0.4. */
export interface Metric {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** Its description, without a full stop. */
  readonly help: string;
}

/** The lines of a counter or gauge. */
export function numbers({ name, type, help }: Metric, samples: readonly Sample[]): string {
  return head(name, type, help) + samples.map(({ labels, value }) => line(name, labels, value)).join('');
}

/** The lines of a histogram, in seconds. @param each writes every nth bucket */
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
  const pairs = Object.entries(labels ?? {}).map(([key, label]) => `${key}="${escaped(label)}"`);
  return `${name}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (char) => (char === '\n' ? '\\n' : `\\${char}`));
}
