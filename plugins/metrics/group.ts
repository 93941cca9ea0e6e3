import type { Answer } from 'chatserv';
import { type Metric, numbers } from './exposition.ts';

/** Whether each process runs. Only pages of several processes have it. */
export const PROCESS_UP: Metric = {
  name: 'chatserv_process_up',
  type: 'gauge',
  help: 'Whether a process answers; only with `--processes`',
};

/**
 * Joins the pages of several processes: each metric once, and each sample with its process as a label.
 * @param answers of the processes, by number: a page, or why there is none
 */
export function joinedPages(answers: ReadonlyMap<number, Answer>): string {
  const samples = new Map<string, string[]>();
  for (const [process, answer] of answers) {
    if ('errors' in answer) continue;
    for (const metric of String(answer.result).split(/^(?=# HELP )/m)) {
      const [help, type, ...lines] = metric.trimEnd().split('\n');
      const head = `${help}\n${type}`;
      samples.set(head, [...(samples.get(head) ?? []), ...lines.map((line) => labelled(line, process))]);
    }
  }
  const up = [...answers].map(([process, answer]) => ({
    labels: { process: String(process) },
    value: 'errors' in answer ? 0 : 1,
  }));
  return numbers(PROCESS_UP, up) + [...samples].map(([head, lines]) => `${[head, ...lines].join('\n')}\n`).join('');
}

function labelled(sample: string, process: number): string {
  const [, name = '', labels, value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(sample) ?? [];
  return `${name}{${[`process="${process}"`, ...(labels === undefined ? [] : [labels])].join(',')}} ${value}`;
}
