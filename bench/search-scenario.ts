import type { Row } from './report/results.ts';
import type { OtherScenario } from './scenario.ts';
import { runScript, scaled } from './script.ts';

/** How long searches take, and building the index, in a process of its own: its variants are the kinds of search. */
export const SEARCH_SCENARIO: OtherScenario = {
  name: 'search',
  summary: 'searches among 1,000,000 messages in 200 rooms, once',
  headline: 'p50',
  async measure(setup) {
    const rows = await runScript<Readonly<Record<string, Row>>>(
      'search.ts',
      scaled({ messages: 1_000_000, samples: 100 }, setup.effort),
      setup.cores,
    );
    return new Map(Object.entries(rows).map(([search, row]) => [search, [row]]));
  },
};
