import type { PluginChange } from './extensions.ts';
import type { Entry } from './talk.ts';

/** A change of a message. */
export type Change =
  /** What it says from now on; undefined if it was deleted. */
  | { readonly id: number; readonly kind: 'text'; readonly text: string | undefined }
  /** Somebody has reacted to it, or taken a reaction back. */
  | {
      readonly id: number;
      readonly kind: 'reaction';
      readonly emoji: string;
      readonly on: boolean;
      readonly from: string;
    }
  /** What only the plugin that defines it understands. */
  | { readonly id: number; readonly kind: 'other'; readonly change: PluginChange };

/** The change that an entry of a room is, if it is one. */
export function changeIn(entry: unknown): Change | undefined {
  const { kind, of: id, data, from } = Object(entry) as Record<string, unknown>;
  if (!isId(id)) return undefined;
  if (kind === 'redaction') return { id, kind: 'text', text: undefined };
  const { text, emoji, on } = Object(data) as Record<string, unknown>;
  if (kind === 'edit' && typeof text === 'string') return { id, kind: 'text', text };
  if (typeof from !== 'string' || typeof kind !== 'string') return undefined;
  if (kind === 'reaction') {
    return typeof emoji === 'string' ? { id, kind, emoji, on: on === true, from } : undefined;
  }
  return { id, kind: 'other', change: { kind, from, data } };
}

/** The change that the answer to the user's own command reports. The server sends this device no entry of it. */
export function changeAnswered(command: string, facts: unknown, me: string): Change | undefined {
  const { message, id, text, emoji } = Object(facts) as Record<string, unknown>;
  if (!isId(message)) return undefined;
  if (command === 'delete') return { id: message, kind: 'text', text: undefined };
  if ((command === 'react' || command === 'unreact') && typeof emoji === 'string') {
    return { id: message, kind: 'reaction', emoji, on: command === 'react', from: me };
  }
  // Without an id the text was the same before.
  return command === 'edit' && isId(id) && typeof text === 'string' ? { id: message, kind: 'text', text } : undefined;
}

/** Applies a change to a message. */
export function applyTo(entry: Entry, change: Change): void {
  entry.version = (entry.version ?? 0) + 1;
  if (change.kind === 'other') {
    entry.changes = [...(entry.changes ?? []), change.change];
    return;
  }
  if (change.kind === 'reaction') {
    const { emoji, on, from } = change;
    const others = (entry.reactions?.[emoji] ?? []).filter((name) => name !== from);
    const { [emoji]: _before, ...rest } = entry.reactions ?? {};
    const names = on ? [...others, from] : others;
    // A reaction stays at its place.
    entry.reactions =
      names.length === 0
        ? rest
        : emoji in (entry.reactions ?? {})
          ? { ...entry.reactions, [emoji]: names }
          : { ...rest, [emoji]: names };
    return;
  }
  entry.text = change.text ?? '';
  entry.change = change.text === undefined ? 'removed' : 'edited';
  if (change.text === undefined) entry.reactions = undefined;
}

function isId(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
