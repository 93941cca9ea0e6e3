import axe from 'axe-core';
import { expect } from 'vitest';
import type { Visitor } from './visitor.ts';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/**
 * Checks that axe has no objection to the page as it is now.
 * @param state says it in errors
 * @param rules which rules; by default all that axe applies
 */
export async function isAccessible({ page }: Visitor, state: string, rules?: readonly string[]): Promise<void> {
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(axe.source);
  const options = { resultTypes: ['violations'], ...(rules && { runOnly: rules }) };
  const { violations } = (await page.evaluate(`axe.run(${JSON.stringify(options)})`)) as {
    violations: readonly Violation[];
  };
  const found = violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map((node) => node.failureSummary + node.html),
  }));
  expect(found, state).toEqual([]);
}
