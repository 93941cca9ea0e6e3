import type { Answer } from '../requests.ts';
import type { Addressee } from './addressee.ts';

/** A message that a search has found. */
export interface SearchHit {
  readonly id: number;
  /** Its room or conversation: the id, and whom messages there go to. */
  readonly room: number;
  readonly to: Addressee;
  readonly from: string;
  readonly time: Date;
  readonly snippet: string;
}

/** What a search has found, the latest first. */
export interface SearchHits {
  readonly hits: readonly SearchHit[];
  /** The condition that continues the search. */
  readonly more: string | undefined;
}

/** The hits in the facts of an answer to `search`; undefined if the facts have none. */
export function searchHitsIn(facts: Answer['facts']): SearchHits | undefined {
  if (!Array.isArray(facts?.hits)) return undefined;
  const more = typeof facts.next === 'number' ? `before:${facts.next}` : undefined;
  return { hits: facts.hits.flatMap(hitIn), more };
}

function hitIn(one: unknown): SearchHit[] {
  const { message, place, snippet } = Object(one);
  const { id, from, time } = Object(message);
  const { room, kind, roomName, members } = Object(place);
  const names = typeof roomName === 'string' ? [roomName] : members;
  const to = kind === 'everyone' ? 'everyone' : Array.isArray(names) ? names.map(String) : undefined;
  const isHit = typeof id === 'number' && typeof from === 'string' && typeof snippet === 'string';
  if (to === undefined || !isHit || typeof room !== 'number') return [];
  return [{ id, room, to, from, time: new Date(time), snippet }];
}
