import type { Entry, RoomKind } from '../api/entry.ts';
import { token } from './service.ts';

/** What an account does not see, because it ignores someone. */
export interface Ignored {
  /** The accounts whose messages are hidden in rooms of a kind, such as to leave them out of a page of history. */
  sendersIn(kind: RoomKind): readonly number[];
  /** Whether it hides an entry. */
  hides(entry: Pick<Entry, 'sender' | 'kind' | 'members'>): boolean;
}

/** Whom accounts ignore. The plugin `ignore` provides it; without it nobody ignores anybody. */
export interface Ignores {
  /** What an account hides; undefined if it ignores nobody. */
  of(account: number): Promise<Ignored | undefined>;
}

export const Ignores = token<Ignores>('ignores');
