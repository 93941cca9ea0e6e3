import type { Received, ReceivedEntry } from './owner.ts';
import type { Answer } from './requests.ts';

/** A page of the history of a room or conversation. */
export interface HistoryPage {
  /** Messages and others that count, oldest first. A deleted message has an empty text. */
  readonly entries: readonly (Received | ReceivedEntry)[];
  /** Edits, reactions and the like of these. */
  readonly changes: readonly ReceivedEntry[];
  /** Whether there are messages before the page, and after it. */
  readonly hasEarlier: boolean;
  readonly hasLater: boolean;
}

/** The page in the facts of an answer to the command `history`; an empty one if the facts have none. */
export function historyIn(facts: Answer['facts']): HistoryPage {
  const { entries, changes, more } = facts ?? {};
  return {
    entries: eventsIn(entries),
    changes: eventsIn(changes).filter((one) => 'kind' in one),
    hasEarlier: Object(more).before === true,
    hasLater: Object(more).after === true,
  };
}

function eventsIn(list: unknown): (Received | ReceivedEntry)[] {
  if (!Array.isArray(list)) return [];
  return list.filter(isEvent).map((one) => ({ ...one, time: new Date(one.time), waited: false }));
}

function isEvent(one: unknown): one is (Received | ReceivedEntry) & { readonly time: string } {
  const { type, id, from, time, text, kind } = Object(one);
  const has = type === 'message' ? typeof text === 'string' : typeof kind === 'string';
  return has && Number.isSafeInteger(id) && typeof from === 'string' && !Number.isNaN(Date.parse(time));
}
