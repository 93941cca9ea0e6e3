import type { Presence } from './chat.ts';
import type { Line } from './commands.ts';
import { byId, element, icon, unseen } from './dom.ts';
import { isSaidTogether, messageNode } from './message.ts';
import { isolated, isUserName, titleOf, wearTalkFace } from './people.ts';
import { keepsMessages } from './server.ts';
import { type Entry, isRoom, type Talk } from './talks.ts';
import { dayOf, isSameDay, machineTime } from './time.ts';
import { absenceInWords, emptyInWords, onlineInWords } from './words.ts';

/** How close to its end a conversation counts as read, in pixels. */
const NEAR = 80;

/** How close to its start earlier messages are loaded, in pixels. */
const FAR = 400;

/** What the conversation needs from the page: actions on a failed message, and earlier ones. */
export interface Remedies {
  again(entry: Entry): void;
  discard(entry: Entry): void;
  /** The user has scrolled to the oldest message. */
  earlier(talk: Talk): void;
}

/** The open conversation: its messages, its head, and its empty state. */
export class TalkView {
  readonly #scroll = byId('scroll', HTMLElement);
  readonly #list = byId('messages', HTMLOListElement);
  readonly #empty = byId('empty', HTMLElement);
  readonly #toEnd = byId('to-end', HTMLButtonElement);
  readonly #remedies: Remedies;
  /** The messages' elements by key. */
  readonly #shown = new Map<number, HTMLLIElement>();
  #talk: Talk | undefined;
  /** The message that the next one may be grouped with. */
  #last: Entry | undefined;
  /** Whether to stay scrolled to the end when messages arrive or the page is resized. */
  #follows = true;
  /** Whether there are new messages below. */
  #hasNews = false;

  constructor(remedies: Remedies) {
    this.#remedies = remedies;
    this.#toEnd.addEventListener('click', () => {
      this.#goToEnd();
      this.#scroll.focus();
    });
    this.#scroll.addEventListener('scroll', () => {
      this.#follows = this.#toGo() < NEAR;
      if (this.#talk !== undefined) this.#talk.isReadBack = !this.#follows;
      this.#offerEnd();
      this.#wantEarlier();
    });
    // An on-screen keyboard takes space, and so do messages.
    const resized = new ResizeObserver(() => this.#follows && this.#goToEnd());
    for (const one of [this.#scroll, this.#list]) resized.observe(one);
  }

  /** Removes all messages. */
  clear(): void {
    if (this.#talk !== undefined) this.#talk.isReadBack = false;
    this.#talk = undefined;
    this.#last = undefined;
    this.#shown.clear();
    this.#list.replaceChildren();
  }

  /** Shows a conversation. @param unread how many of its last messages are new */
  show(talk: Talk, unread: number): void {
    this.clear();
    this.#talk = talk;
    const firstUnread = talk.entries.length - unread;
    talk.entries.forEach((entry, index) => {
      this.#append(entry, talk.entries[index - 1], unread > 0 && index === firstUnread && index > 0);
    });
    this.#goToEnd();
    this.#wantEarlier();
  }

  /** Shows the open conversation anew, with the same messages in view: earlier ones were added, or some removed. */
  reordered(talk: Talk): void {
    if (talk !== this.#talk) return;
    const [before, follows] = [this.#toGo(), this.#follows];
    this.show(talk, 0);
    if (!follows) this.#scroll.scrollTop = this.#scroll.scrollHeight - this.#scroll.clientHeight - before;
    this.#follows = follows;
    this.#empty.hidden = this.#list.childElementCount > 0;
  }

  /** Asks for earlier messages when the oldest one is near the top. */
  #wantEarlier(): void {
    if (this.#talk !== undefined && this.#scroll.scrollTop < FAR) this.#remedies.earlier(this.#talk);
  }

  /** Updates head and empty state: who it is with, and whether they are online. */
  describe(talk: Talk, presence: Presence): void {
    const { isOnline } = presence;
    wearTalkFace(byId('talk-face', HTMLElement), talk, isOnline);
    byId('talk-name', HTMLElement).replaceChildren(isolated(titleOf(talk)));
    byId('talk-about', HTMLElement).textContent = about(talk, presence);
    this.#nameDays();
    this.#empty.hidden = this.#list.childElementCount > 0;
    if (this.#empty.hidden) return;
    wearTalkFace(byId('empty-face', HTMLElement), talk, isOnline);
    const [title, text] = emptyWords(talk);
    byId('empty-title', HTMLElement).replaceChildren(...title);
    byId('empty-text', HTMLElement).textContent = text;
  }

  /**
   * A message was received or sent in the open conversation.
   * @param divided whether a line before it marks it as new
   */
  added(entry: Entry, divided: boolean): void {
    if (divided) this.#list.querySelector('.divider')?.remove();
    this.#append(entry, this.#talk?.entries.at(-2), divided).classList.add('new');
    this.#empty.hidden = true;
    this.#trim();
    if (entry.mine || this.#follows) this.#goToEnd();
    else this.#hasNews = true;
    this.#offerEnd();
  }

  /** The state of a message has changed. */
  changed(entry: Entry): void {
    const shown = this.#shown.get(entry.key);
    if (shown === undefined) return;
    if (entry.change === undefined) {
      this.#dress(shown, entry);
      return;
    }
    this.#renew(entry, shown);
    // The answers to it quote it.
    for (const other of this.#talk?.entries ?? []) {
      const answer = other.reply === entry.id ? this.#shown.get(other.key) : undefined;
      if (answer !== undefined && other.reply !== undefined) this.#renew(other, answer);
    }
  }

  /** The message that one answers, if it is on the page. */
  #answeredBy({ reply }: Entry): Entry | undefined {
    return reply === undefined ? undefined : this.#talk?.entries.find(({ id }) => id === reply);
  }

  #renew(entry: Entry, shown: HTMLLIElement): void {
    const again = messageNode(entry, shown.classList.contains('first'), this.#answeredBy(entry));
    again.classList.toggle('last', shown.classList.contains('last'));
    this.#dress(again, entry);
    shown.replaceWith(again);
    this.#shown.set(entry.key, again);
  }

  removed(entry: Entry): void {
    this.#shown.get(entry.key)?.remove();
    this.#shown.delete(entry.key);
    if (this.#last === entry) this.#last = undefined;
  }

  /** Shows a note of the page itself, which is not stored. */
  note(lines: readonly Line[]): void {
    this.#last = undefined;
    const note = element(
      'li',
      { class: 'note' },
      ...lines.map(({ term, text }) =>
        element(
          'div',
          { class: 'line', dir: 'auto' },
          ...(term === undefined ? [text] : [element('b', {}, term), ` ${text}`]),
        ),
      ),
    );
    note.append(element('span', { class: 'hint' }, 'Only you see this.'));
    this.#list.append(note);
    this.#empty.hidden = true;
    this.#goToEnd();
  }

  /** @param before the previous message @param divided whether a line between them marks this one as new */
  #append(entry: Entry, before: Entry | undefined, divided: boolean): HTMLLIElement {
    if (before === undefined || !isSameDay(before.time, entry.time)) this.#list.append(dayNode(entry.time));
    if (divided) this.#list.append(element('li', { class: 'divider' }, 'New'));
    const last = divided ? undefined : this.#last;
    const together = last !== undefined && isSaidTogether(last, entry);
    if (together) this.#shown.get(last.key)?.classList.remove('last');
    const shown = messageNode(entry, !together, this.#answeredBy(entry));
    this.#dress(shown, entry);
    this.#list.append(shown);
    this.#shown.set(entry.key, shown);
    this.#last = entry;
    return shown;
  }

  /** Removes messages that the conversation has dropped. The oldest one left gets its day and its head. */
  #trim(): void {
    const { entries = [] } = this.#talk ?? {};
    const [oldest] = entries;
    if (oldest === undefined || this.#shown.size <= entries.length) return;
    const shown = this.#shown.get(oldest.key);
    if (shown === undefined) return;
    const left = new Set(entries.map(({ key }) => key));
    for (const key of this.#shown.keys()) if (!left.has(key)) this.#shown.delete(key);
    while (shown.previousSibling !== null) shown.previousSibling.remove();
    this.#list.prepend(dayNode(oldest.time));
    if (shown.classList.contains('first')) return;
    const head = messageNode(oldest, true, this.#answeredBy(oldest));
    head.classList.toggle('last', shown.classList.contains('last'));
    this.#dress(head, oldest);
    shown.replaceWith(head);
    this.#shown.set(oldest.key, head);
  }

  /** Updates the days: what was today is now yesterday. */
  #nameDays(): void {
    for (const time of this.#list.querySelectorAll<HTMLTimeElement>('.day time')) {
      const name = dayOf(Date.parse(time.dateTime), Date.now());
      if (time.textContent !== name) time.textContent = name;
    }
  }

  /** Shows the state of a sent message. */
  #dress(shown: HTMLLIElement, entry: Entry): void {
    const { state, remark } = entry;
    shown.classList.toggle('waiting', state === 'waiting');
    shown.classList.toggle('failed', state === 'failed');
    for (const old of shown.querySelectorAll('.state, .remark')) old.remove();
    if (state === 'waiting') {
      shown.append(
        element('span', { class: 'state', title: 'Waiting to be sent' }, icon('waiting'), unseen('waiting to be sent')),
      );
    }
    if (remark === undefined) return;
    const said = element('p', { class: 'remark' }, icon('failed'), element('span', {}, remark));
    if (state === 'failed') {
      const again = element('button', { type: 'button', class: 'link' }, 'Send again');
      const discard = element('button', { type: 'button', class: 'link' }, 'Discard');
      again.addEventListener('click', () => this.#remedies.again(entry));
      discard.addEventListener('click', () => this.#remedies.discard(entry));
      said.append(again, discard);
    }
    shown.append(said);
  }

  /** The distance to the end, in pixels. */
  #toGo(): number {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight;
  }

  #goToEnd(): void {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#follows = true;
    this.#offerEnd();
  }

  /** Shows the button to the end when that is far away, or has new messages. */
  #offerEnd(): void {
    if (this.#follows) this.#hasNews = false;
    this.#toEnd.hidden = this.#follows || !(this.#hasNews || this.#toGo() > this.#scroll.clientHeight);
    byId('to-end-text', HTMLElement).textContent = this.#hasNews ? 'New messages' : 'Latest messages';
  }
}

function dayNode(time: number): HTMLLIElement {
  const day = element('time', { datetime: machineTime(time) }, dayOf(time, Date.now()));
  return element('li', { class: 'day' }, day);
}

/** The line under a conversation's title: who it is with. */
function about(talk: Talk, { isConnected, knowsOnline, isOnline, online }: Presence): string {
  const { to } = talk;
  if (!isConnected) return 'Not connected';
  if (to === 'everyone') return knowsOnline ? onlineInWords(online.size) : '';
  if (isRoom(to)) return 'Room';
  if (to.length > 1) return 'A conversation of these people';
  const [name = ''] = to;
  if (isOnline(name)) return 'Online';
  if (!isUserName(name)) return 'Sent by the server; it does not read replies';
  if (!knowsOnline) return '';
  return isKnownUser(talk) ? absenceInWords(keepsMessages) : 'Not online';
}

/** Whether a user has this name: it has sent or received a message. */
function isKnownUser({ entries }: Talk): boolean {
  return entries.some(({ mine, state, remark }) => !mine || (state === 'sent' && remark === undefined));
}

function emptyWords({ to }: Talk): [(Node | string)[], string] {
  if (to === 'everyone') return [['No messages here yet'], emptyInWords('everyone', keepsMessages)];
  const names = isolated(titleOf({ to }));
  if (isRoom(to)) return [['No messages in ', names, ' yet'], emptyInWords('room', keepsMessages)];
  return [to.length > 1 ? ['To ', names] : ['You and ', names], emptyInWords(to, keepsMessages)];
}
