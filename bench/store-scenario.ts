import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from './report/results.ts';
import type { OtherScenario } from './scenario.ts';
import type { Row as StoreRow } from './store.ts';

const FILE = fileURLToPath(new URL('store.ts', import.meta.url));

/** How long the requests of the SQLite store take, in a process of its own: its variants are the kinds of request. */
export const STORE_SCENARIO: OtherScenario = {
  name: 'store',
  summary: 'requests to the SQLite store with 10,000,000 entries for 100,000 accounts',
  headline: 'p999',
  async measure({ effort: { scale }, cores }) {
    const sizes = { messages: 10_000_000, accounts: 100_000, samples: 10_000 };
    const options = Object.entries(sizes).flatMap(([name, size]) => [`--${name}`, `${Math.ceil(size * scale)}`]);
    const [command = '', ...words] = [
      ...(cores ? ['taskset', '-c', cores.server] : []),
      process.execPath,
      FILE,
      ...options,
    ];
    const { stdout } = await promisify(execFile)(command, words);
    const rows = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '') as Readonly<Record<string, StoreRow>>;
    return new Map(Object.entries(rows).map(([request, row]) => [request, [rowOf(row)]]));
  },
};

const rowOf = ({ count, p50, p99, 'p99.9': p999, max, disturbed }: StoreRow): Row => ({
  measured: count,
  p50,
  p99,
  p999,
  max,
  disturbed,
});
