import { nameKey } from 'chatserv/client';
import type { Chat } from '../model/chat.ts';

const COLLATOR = new Intl.Collator();

/** The most names whose keys are kept. */
const KEYS = 20_000;

const keys = new Map<string, string>();

/** The key of a name, computed once. */
export function keyOf(name: string): string {
  let key = keys.get(name);
  if (key === undefined) {
    if (keys.size >= KEYS) keys.clear();
    key = nameKey(name);
    keys.set(name, key);
  }
  return key;
}

let sorted: { readonly of: ReadonlySet<string>; readonly names: readonly string[] } | undefined;

/** The names of those online in alphabetical order, sorted again only when somebody comes or leaves. */
export function sortedOnline({ online }: Chat): readonly string[] {
  if (sorted?.of !== online) sorted = { of: online, names: [...online].sort(COLLATOR.compare) };
  return sorted.names;
}
