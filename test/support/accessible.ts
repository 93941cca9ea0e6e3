import axe from 'axe-core';
import { expect } from 'vitest';
import type { Visitor } from './visitor.ts';

interface Violation {
  readonly id: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** Checks that axe has no objection to the page as it is now. @param state says it in errors */
export async function isAccessible({ page }: Visitor, state: string): Promise<void> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as { violations: readonly Violation[] };
  const found = violations.map(({ id, nodes }) => ({
    id,
    nodes: nodes.map((node) => node.failureSummary + node.html),
  }));
  expect(found, state).toEqual([]);
}
