import type { Entry } from './talks.ts';

/** A change of a message: what it says from now on; undefined if it was deleted. */
export interface Change {
  /** The id of the message. */
  readonly id: number;
  readonly text: string | undefined;
}

/** The change that an entry of a room is, if it is one. */
export function changeIn(entry: unknown): Change | undefined {
  const { kind, of: id, data } = Object(entry) as Record<string, unknown>;
  if (!isId(id)) return undefined;
  if (kind === 'redaction') return { id, text: undefined };
  const { text } = Object(data) as { readonly text?: unknown };
  return kind === 'edit' && typeof text === 'string' ? { id, text } : undefined;
}

/** The change that the answer to the user's own command reports. The server sends this device no entry of it. */
export function changeAnswered(command: string, facts: unknown): Change | undefined {
  const { message, id, text } = Object(facts) as Record<string, unknown>;
  if (!isId(message)) return undefined;
  if (command === 'delete') return { id: message, text: undefined };
  // Without an id the text was the same before.
  return command === 'edit' && isId(id) && typeof text === 'string' ? { id: message, text } : undefined;
}

/** A message after a change. */
export function changed({ text }: Change): Required<Pick<Entry, 'text' | 'change'>> {
  return { text: text ?? '', change: text === undefined ? 'removed' : 'edited' };
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
