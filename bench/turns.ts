import type { Rounds, Row } from './report/results.ts';
import type { Setup } from './scenario.ts';

/** Time limit of one run, in milliseconds. */
const PATIENCE = 300_000;

/** Measures variants in turns, so that other load on the machine affects them alike. @param variants by label */
export async function inTurns<Variant>(
  scenario: string,
  variants: ReadonlyMap<string, Variant>,
  { pairs, wanted }: Pick<Setup, 'pairs' | 'wanted'>,
  run: (variant: Variant) => Promise<Row>,
): Promise<Rounds> {
  const chosen = [...variants].filter(([label]) => wanted?.includes(label) ?? true);
  const rounds = new Map<string, Row[]>(chosen.map(([label]) => [label, []]));
  for (let pair = 0; pair < pairs; pair++) {
    // Every other time the other way round: neither is always the one that runs on a warmer machine.
    for (const [label, variant] of pair % 2 === 0 ? chosen : chosen.toReversed()) {
      rounds.get(label)?.push(await within(run(variant), `${scenario} of ${label}`));
    }
  }
  return rounds;
}

/** @throws Error after the time limit */
async function within<T>(run: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`${what} took longer than ${PATIENCE / 1000} s`)), PATIENCE);
  return Promise.race([run, late]).finally(() => clearTimeout(timer));
}
