import type { Entry } from '../api/entry.ts';
import { withoutControls } from '../api/message.ts';

/** How much of a text an excerpt shows, in characters as people count them. */
const EXCERPT = 24;

/** Made when it is first needed, which takes 20 ms. */
let characters: Intl.Segmenter | undefined;

/** The beginning of a text, such as `is the kiln fr…`, or all of a short one. */
export function excerpt(text: string, most = EXCERPT): string {
  // A character has several code units, and the rest of a long text does not matter.
  const start = withoutControls(text.slice(0, most * 16))
    .toWellFormed()
    .trim();
  characters ??= new Intl.Segmenter();
  const found = [...characters.segment(start)].map(({ segment }) => segment);
  const isWhole = found.length <= most && text.length <= most * 16;
  return isWhole ? start : `${found.slice(0, most).join('').trimEnd()}…`;
}

/** What happened, for `KindSpec.line`: in a named room after the room's name, `#lab alice left`. */
export function lineIn({ roomName }: Pick<Entry, 'roomName'>, what: string): string {
  return roomName === undefined ? what : `#${roomName} ${what}`;
}
