import type { View } from './view.ts';
import { widthOf } from './width.ts';

/** A window in the status line. */
export interface StatusEntry {
  readonly number: number;
  readonly title: string;
  readonly isCurrent: boolean;
  readonly unread: number;
  /** How many of the unread messages are meant for this user. */
  readonly mentions: number;
}

/** The status line in its style, after a mark if there are messages below what is on the screen. */
export function statusRow(entries: readonly StatusEntry[], columns: number, isAtEnd: boolean, view: View): string {
  const scrolled = isAtEnd ? '' : '-- more below -- ';
  const line = statusLine(entries, columns - scrolled.length, (text, { isCurrent, mentions }) =>
    isCurrent || mentions > 0 ? view.style('bold', text) : text,
  );
  return view.style('inverse', scrolled) + line;
}

/**
 * The status line: windows with their numbers, and what is unread in them: `[1 everyone] 2 #lab (3, @1) 3 bob (@2)`.
 * If there is not enough room, those without unread messages are left out first, then those without mentions.
 * @param emphasize marks the current window and those with mentions
 */
export function statusLine(
  entries: readonly StatusEntry[],
  columns: number,
  emphasize: (text: string, entry: StatusEntry) => string,
): string {
  const rank = ({ isCurrent, unread, mentions }: StatusEntry) =>
    isCurrent ? 0 : mentions > 0 ? 1 : unread > 0 ? 2 : 3;
  const ranked = [...entries].sort((a, b) => rank(a) - rank(b) || a.number - b.number);
  let room = columns;
  const fitting = new Set<StatusEntry>();
  for (const [index, entry] of ranked.entries()) {
    const left = entries.length - index - 1;
    const more = left > 0 ? ` +${left}`.length : 0;
    const width = widthOf(entryText(entry)) + (index > 0 ? 1 : 0);
    if (width + more > room) break;
    room -= width;
    fitting.add(entry);
  }
  const texts = entries.filter((entry) => fitting.has(entry)).map((entry) => emphasize(entryText(entry), entry));
  const left = entries.length - texts.length;
  return [...texts, ...(left > 0 && texts.length > 0 ? [`+${left}`] : [])].join(' ');
}

function entryText({ number, title, isCurrent, unread, mentions }: StatusEntry): string {
  const named = `${number} ${title}`;
  if (isCurrent) return `[${named}]`;
  if (unread === 0) return named;
  if (mentions === 0) return `${named} (${unread})`;
  return mentions < unread ? `${named} (${unread}, @${mentions})` : `${named} (@${mentions})`;
}
