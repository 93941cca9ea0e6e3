import type { Difference } from '../contracts/plugins.ts';

/** What a reload did, in one line for a person. */
export function inWords({ added, removed, changed, kept }: Difference): string {
  const parts = [
    ['added', added],
    ['removed', removed],
    ['changed', changed.map(({ name, because }) => `${name} (${because})`)],
  ] as const;
  const said = parts.filter(([, names]) => names.length > 0).map(([what, names]) => `${what} ${names.join(', ')}`);
  return [...(said.length === 0 ? ['nothing has changed'] : said), `${kept.length} plugins kept`].join('; ');
}
