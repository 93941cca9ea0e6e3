import type { Entry } from '../api/entry.ts';
import { token } from './service.ts';

/** Quotes the messages that others answer or react to, for people who read plain lines. The plugin `replies` provides it. */
export interface Quotes {
  /** A message in short: `alice: "are you the…"`. One that was not loaded, or is gone, is `an earlier message`. */
  of(id: number): string;
  /**
   * Reads messages as they are now. Call it right before entries that answer or change them are shown. It does not throw: a message
   * that cannot be read counts as gone.
   */
  load(ids: readonly number[]): Promise<void>;
  /** Takes entries that are about to be delivered, since they may change messages that were loaded. */
  note(entries: readonly Entry[]): void;
}

export const Quotes = token<Quotes>('quotes');
