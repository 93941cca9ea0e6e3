import type { Addressee } from './addressee.ts';
import { shown } from './safe.ts';
import type { View } from './view.ts';
import { widthOf } from './width.ts';

/** From this many unanswered lines on, the prompt shows their number. */
const SHOWN_UNANSWERED = 5;

/** Who messages go to, before the line being typed: `bob carol> `. If that is too long, `> ` without a name. */
export function promptTo(
  addressee: Addressee,
  { isOnline, unanswered }: { readonly isOnline: boolean; readonly unanswered: number },
  view: View,
  columns: number,
): string {
  const to = addressee === 'everyone' ? addressee : addressee.join(' ');
  const waiting = unanswered < SHOWN_UNANSWERED ? '' : `(${unanswered} waiting) `;
  const text = `${isOnline ? waiting : '(no connection) '}${shown(to)}> `;
  if (widthOf(text) <= columns / 3) return view.style('bold', text);
  return isOnline ? '> ' : '… ';
}
