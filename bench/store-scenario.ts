import type { Row } from './report/results.ts';
import type { OtherScenario } from './scenario.ts';
import { runScript, scaled } from './script.ts';
import type { Row as StoreRow } from './store.ts';

/** How long the requests of the SQLite store take, in a process of its own: its variants are the kinds of request. */
export const STORE_SCENARIO: OtherScenario = {
  name: 'store',
  summary: 'requests to the SQLite store with 10,000,000 entries for 100,000 accounts, once',
  headline: 'p999',
  async measure(setup) {
    const sizes = { messages: 10_000_000, accounts: 100_000, samples: 10_000 };
    const rows = await runScript<Readonly<Record<string, StoreRow>>>(
      'store.ts',
      scaled(sizes, setup.effort),
      setup.cores,
    );
    return new Map(Object.entries(rows).map(([request, row]) => [request, [rowOf(request, row)]]));
  },
};

/** Appends of others were awaited with their fsync: that is no time of the store's thread. */
function rowOf(request: string, { count, p50, p99, 'p99.9': p999, max, disturbed }: StoreRow): Row {
  if (request.startsWith('others')) return { measured: count, durableP99: p99, durableMax: max };
  return { measured: count, p50, p99, p999, max, disturbed };
}
