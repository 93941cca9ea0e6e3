import { element } from './dom.ts';
import { isolated, SERVER, wearFace } from './people.ts';
import type { Entry } from './talks.ts';
import { isEmoji, nodesOf } from './text.ts';
import { clockOf, isSameDay, machineTime } from './time.ts';

/** Messages of one person within this time are grouped, in milliseconds. */
const TOGETHER = 5 * 60_000;

/** Whether a message is grouped with the one before it, under one head. */
export function isSaidTogether(before: Entry, entry: Entry): boolean {
  if (before.from !== entry.from || entry.from === SERVER || before.isNote || entry.isNote) return false;
  return entry.time - before.time < TOGETHER && isSameDay(before.time, entry.time);
}

/**
 * The element of a message.
 * @param first whether it has a head, with sender and time
 * @param answered the message that it answers, if that is on the page
 */
export function messageNode(entry: Entry, first: boolean, answered?: Entry): HTMLLIElement {
  if (entry.isNote) return note(entry);
  return entry.from === SERVER ? announcement(entry) : message(entry, first, answered);
}

function message({ from, mine, time, text, change, reply }: Entry, first: boolean, answered?: Entry): HTMLLIElement {
  const shown = element('li', { class: `message last${mine ? ' mine' : ''}${first ? ' first' : ''}` });
  const said = element('time', { datetime: machineTime(time) }, clockOf(time));
  if (!first) {
    said.append(': ');
    shown.append(element('span', { class: 'unseen' }, mine ? 'You' : isolated(from), ', ', said));
  } else if (mine) {
    shown.append(element('div', { class: 'head' }, element('span', { class: 'unseen' }, 'You'), said));
  } else {
    const face = element('span', { class: 'face', 'aria-hidden': 'true' });
    const hue = wearFace(face, from);
    shown.append(
      face,
      element('div', { class: 'head' }, element('span', { class: `name ${hue}` }, isolated(from)), said),
    );
  }
  if (reply !== undefined) shown.append(element('div', { class: 'quote hint', dir: 'auto' }, ...quoteOf(answered)));
  const kind = isEmoji(text) ? 'body emoji' : change === 'removed' ? 'body removed' : 'body';
  const words = change === 'removed' ? ['This message was deleted.'] : nodesOf(text);
  shown.append(element('div', { class: kind, dir: 'auto', title: first ? undefined : clockOf(time) }, ...words));
  if (change === 'edited') shown.append(element('span', { class: 'hint edited' }, 'edited'));
  return shown;
}

/** What an answer quotes; the style cuts it to one line. */
function quoteOf(answered: Entry | undefined): (string | Node)[] {
  if (answered === undefined) return ['In reply to an earlier message'];
  if (answered.change === 'removed') return ['In reply to a deleted message'];
  return [answered.mine ? 'You' : isolated(answered.from), `: ${answered.text}`];
}

function note({ time, text }: Entry): HTMLLIElement {
  const said = element('time', { datetime: machineTime(time) }, clockOf(time));
  const line = element('span', { dir: 'auto' }, text);
  return element('li', { class: 'note happened first' }, element('div', { class: 'line hint' }, line, ' ', said));
}

function announcement({ time, text }: Entry): HTMLLIElement {
  const said = element('time', { datetime: machineTime(time) }, clockOf(time));
  return element(
    'li',
    { class: 'note announcement first' },
    element('div', { class: 'line', dir: 'auto' }, ...nodesOf(text)),
    element('span', { class: 'hint' }, 'Announcement, ', said),
  );
}
