import { ok } from 'node:assert/strict';

/** How long all that is wrong may be told in, in characters. */
const TOLD = 100_000;

/** @throws when what is told to a person is nothing, no sentences, or too much */
export function areSentences(told: readonly string[]): void {
  ok(told.length > 0, 'nothing was told');
  for (const sentence of told) {
    ok(/^\S/.test(sentence) && !/\n\s+at .*:\d+/.test(sentence), `no sentence: ${sentence}`);
  }
  ok(told.join('\n').length < TOLD, 'it tells too much');
}
