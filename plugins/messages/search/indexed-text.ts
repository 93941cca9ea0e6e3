import { type Entry, isMessage, z } from 'chatserv';
import type { TextChange } from './text-index.ts';

/** The kind of entries that replace the text of a message. */
export const EDIT = 'edit';

const edit = z.object({ text: z.string() });

/** The text that an edit gives a message; undefined for one that was redacted. */
export function textOfEdit({ kind, body, redacted }: Entry): string | undefined {
  if (kind !== EDIT || redacted) return undefined;
  try {
    return edit.safeParse(JSON.parse(body)).data?.text;
  } catch {
    return undefined;
  }
}

/** What an entry changes in the index, if anything. */
export function changeOf(entry: Entry): TextChange | undefined {
  const { id, room, sender, members, time, kind, body, of, redacted } = entry;
  if (isMessage(entry) && !redacted && body !== '') return ['add', { id, room, sender, members, time, text: body }];
  if (of === undefined) return undefined;
  if (kind === 'redaction') return ['remove', of];
  const text = textOfEdit(entry);
  return text === undefined ? undefined : ['edit', of, id, text];
}
