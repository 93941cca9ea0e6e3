import { byId, element, icon, unseen } from './dom.ts';
import { isolated, titleOf, wearFace, wearTalkFace } from './people.ts';
import type { Entry, Talk } from './talks.ts';
import { nodesOf } from './text.ts';
import { clockOf, dayOf, isSameDay, machineTime } from './time.ts';

/** Messages of one person within this time stand together, in milliseconds. */
const TOGETHER = 5 * 60_000;

/** How near to its end a conversation counts as read to the end, in pixels. */
const NEAR = 80;

/** The sender of announcements: no user can be called so. */
const SERVER = '*server*';

/** What may be done with a message that failed. */
export interface Remedies {
  again(entry: Entry): void;
  discard(entry: Entry): void;
}

/** The conversation that is shown: its messages, its head, and what stands there when nothing was said. */
export class TalkView {
  readonly #scroll = byId('scroll', HTMLElement);
  readonly #list = byId('messages', HTMLOListElement);
  readonly #empty = byId('empty', HTMLElement);
  readonly #toEnd = byId('to-end', HTMLButtonElement);
  readonly #remedies: Remedies;
  /** The elements of the messages, by their keys. */
  readonly #shown = new Map<number, HTMLLIElement>();
  #talk: Talk | undefined;
  #last: Entry | undefined;

  constructor(remedies: Remedies) {
    this.#remedies = remedies;
    this.#toEnd.addEventListener('click', () => {
      this.#goToEnd();
      this.#scroll.focus();
    });
    this.#scroll.addEventListener('scroll', () => {
      if (this.#atEnd()) this.#toEnd.hidden = true;
    });
    // What makes the place smaller, such as a keyboard on a phone, must not hide what was said last.
    let stuck = true;
    this.#scroll.addEventListener('scrollend', () => {
      stuck = this.#atEnd();
    });
    new ResizeObserver(() => stuck && this.#goToEnd()).observe(this.#scroll);
  }

  /** Shows a conversation. @param unread how many of its messages at the end are new */
  show(talk: Talk, unread: number): void {
    this.#talk = talk;
    this.#last = undefined;
    this.#shown.clear();
    this.#list.replaceChildren();
    const firstUnread = talk.entries.length - unread;
    talk.entries.forEach((entry, index) => {
      this.#append(entry, unread > 0 && index === firstUnread && index > 0);
    });
    this.#toEnd.hidden = true;
    this.#goToEnd();
  }

  /** Head and empty state: who it is with, and whether they are there. */
  describe(talk: Talk, isOnline: (name: string) => boolean, online: number): void {
    wearTalkFace(byId('talk-face', HTMLElement), talk, isOnline);
    byId('talk-name', HTMLElement).replaceChildren(isolated(titleOf(talk)));
    byId('talk-about', HTMLElement).textContent = about(talk, isOnline, online);
    this.#empty.hidden = this.#list.childElementCount > 0;
    if (this.#empty.hidden) return;
    wearTalkFace(byId('empty-face', HTMLElement), talk, isOnline);
    const [title, text] = emptyWords(talk, isOnline);
    byId('empty-title', HTMLElement).replaceChildren(...title);
    byId('empty-text', HTMLElement).textContent = text;
  }

  /** A message came to the conversation that is shown, or was written there. */
  added(entry: Entry): void {
    const follows = entry.mine || this.#atEnd();
    this.#append(entry).classList.add('new');
    this.#empty.hidden = true;
    // What the conversation does not keep any more is not shown any more.
    for (const [key, shown] of this.#shown) {
      if (key >= (this.#talk?.entries[0]?.key ?? 0)) break;
      shown.remove();
      this.#shown.delete(key);
    }
    if (follows) this.#goToEnd();
    else this.#toEnd.hidden = false;
  }

  /** A message has another state. */
  changed(entry: Entry): void {
    const shown = this.#shown.get(entry.key);
    if (shown !== undefined) this.#dress(shown, entry);
  }

  removed(entry: Entry): void {
    this.#shown.get(entry.key)?.remove();
    this.#shown.delete(entry.key);
    if (this.#last === entry) this.#last = undefined;
  }

  /** Says something that only this page says, and does not keep. */
  note(lines: readonly (string | Node)[]): void {
    this.#last = undefined;
    const note = element(
      'li',
      { class: 'note' },
      ...lines.map((line) => element('div', { class: 'line', dir: 'auto' }, line)),
    );
    note.append(element('span', { class: 'hint' }, 'Only you see this.'));
    this.#list.append(note);
    this.#empty.hidden = true;
    this.#goToEnd();
  }

  /** @param divided whether a line stands before it that says that it is new */
  #append(entry: Entry, divided = false): HTMLLIElement {
    const last = divided ? undefined : this.#last;
    if (last === undefined || !isSameDay(last.time, entry.time)) {
      const time = element('time', { datetime: machineTime(entry.time) }, dayOf(entry.time, Date.now()));
      if (this.#isNewDay(entry)) this.#list.append(element('li', { class: 'day' }, time));
    }
    if (divided) this.#list.append(element('li', { class: 'divider' }, 'New'));
    const together = last !== undefined && last.from === entry.from && entry.time - last.time < TOGETHER;
    const first = !together || !isSameDay(last.time, entry.time);
    const shown = entry.from === SERVER ? announcement(entry) : message(entry, first);
    if (!first) this.#shown.get(last.key)?.classList.remove('last');
    this.#dress(shown, entry);
    this.#list.append(shown);
    this.#shown.set(entry.key, shown);
    this.#last = entry.from === SERVER ? undefined : entry;
    return shown;
  }

  #isNewDay(entry: Entry): boolean {
    const before = this.#talk?.entries[(this.#talk?.entries.indexOf(entry) ?? 0) - 1];
    return before === undefined || !isSameDay(before.time, entry.time) || this.#shown.size === 0;
  }

  /** Shows what has become of a message of one's own. */
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

  #atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroll;
    return scrollHeight - scrollTop - clientHeight < NEAR;
  }

  #goToEnd(): void {
    this.#scroll.scrollTop = this.#scroll.scrollHeight;
    this.#toEnd.hidden = true;
  }
}

function message(entry: Entry, first: boolean): HTMLLIElement {
  const { from, mine, time, text } = entry;
  const shown = element('li', { class: `message last${mine ? ' mine' : ''}${first ? ' first' : ''}` });
  const said = element('time', { datetime: machineTime(time) }, clockOf(time));
  const name = element('span', { class: 'name' }, mine ? 'You' : isolated(from));
  if (first) {
    if (!mine) {
      const face = element('span', { class: 'face', 'aria-hidden': 'true' });
      wearFace(face, from);
      name.classList.add(face.className.split(' ')[1] ?? '');
      shown.append(face);
    } else name.className = 'unseen';
    shown.append(element('div', { class: 'head' }, name, said));
  } else {
    said.append(': ');
    shown.append(element('span', { class: 'unseen' }, mine ? 'You' : isolated(from), ', ', said));
  }
  shown.append(
    element('div', { class: 'body', dir: 'auto', title: first ? undefined : clockOf(time) }, ...nodesOf(text)),
  );
  return shown;
}

function announcement({ time, text }: Entry): HTMLLIElement {
  return element(
    'li',
    { class: 'note announcement' },
    element('div', { class: 'line', dir: 'auto' }, ...nodesOf(text)),
    element(
      'span',
      { class: 'hint' },
      'Announcement, ',
      element('time', { datetime: machineTime(time) }, clockOf(time)),
    ),
  );
}

function about({ to }: Talk, isOnline: (name: string) => boolean, online: number): string {
  if (to === 'everyone') return online === 1 ? 'Only you are online' : `${online} people online`;
  if (to.length > 1) return 'Each of them gets it for themselves; their answers come one by one';
  return isOnline(to[0] ?? '') ? 'Online' : 'Away; gets your messages on coming back';
}

function emptyWords({ to }: Talk, isOnline: (name: string) => boolean): [(Node | string)[], string] {
  if (to === 'everyone') return [['Nothing was said yet'], 'What you write here everyone can read. Say hello!'];
  if (to.length > 1) {
    return [['To ', isolated(to.join(', '))], 'What you write here goes to each of them, and to nobody else.'];
  }
  const there = isOnline(to[0] ?? '') ? '' : ' Who is away gets it on coming back.';
  return [['You and ', isolated(to[0] ?? '')], `What you write here only the two of you can read.${there}`];
}
