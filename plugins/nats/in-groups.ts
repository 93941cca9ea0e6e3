/** How many requests are under way at once. */
const AT_ONCE = 64;

/** Does something with each of many items, a group at a time, so that other requests get their turn. */
export async function inGroups<Item>(items: readonly Item[], work: (item: Item) => Promise<unknown>): Promise<void> {
  for (let i = 0; i < items.length; i += AT_ONCE) await Promise.all(items.slice(i, i + AT_ONCE).map(work));
}
