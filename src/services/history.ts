import type { Entry, Room } from '../api/entry.ts';
import type { Retention } from './message-log.ts';
import { token } from './service.ts';

/**
 * How long a room's messages stay: for so many days, and at most so many; for as long as the log keeps anything; or only
 * until everyone has received them.
 */
export type Keeping =
  | { readonly days?: number | undefined; readonly messages?: number | undefined }
  | 'forever'
  | 'none';

/** What a returning device gets instead of the many new entries of a room. */
export interface CatchUp {
  /** An entry of kind `gap` for each such room, by id. */
  readonly gaps: readonly Entry[];
  /** For `MessageLog.read`: the entries that the gaps stand for. */
  readonly skip: ReadonlyMap<number, number>;
}

/** The messages that rooms keep after delivery. The plugin `history` provides it; without it they keep none. */
export interface History {
  /** How long a room's messages stay. */
  keeping(room: Room): Keeping;
  /**
   * The limits by which the log is trimmed.
   * @param now milliseconds since 1970, by which messages age
   * @throws when the rooms cannot be read
   */
  retention(now: number): Promise<Required<Pick<Retention, 'history' | 'rooms'>>>;
  /**
   * What of an account's entries above `after` and up to `upTo` a device skips.
   * @param isBrief whether it gets none of the entries of a room that has a gap, as a client of plain lines
   * @throws when the log cannot be read
   */
  catchUp(account: number, after: number, upTo: number, isBrief: boolean): Promise<CatchUp>;
}

export const History = token<History>('history');
