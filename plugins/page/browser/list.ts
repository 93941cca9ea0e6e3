import { nameKey } from 'chatserv/client';
import type { Chat } from './chat.ts';
import { arrange, byId, element, unseen } from './dom.ts';
import { isolated, speakerOf, titleOf, wearTalkFace } from './people.ts';
import { EVERYONE, isRoom, type Recipients, type Talk, talkKey } from './talks.ts';
import { shortly } from './time.ts';

/** How many users online are listed; the rest is a number. */
const LISTED = 300;

/** A conversation or a person in the list. */
interface Item {
  readonly row: HTMLLIElement;
  readonly button: HTMLButtonElement;
  /** Everything it shows, as one text, so that it is redrawn only when that changes. */
  look: string;
}

/** The list of conversations and people. The arrow keys move through it; it is one stop for the Tab key. */
export class ListView {
  readonly #view = byId('talks', HTMLElement);
  readonly #choose: (to: Recipients) => void;
  readonly #everyone = element('ul', { 'aria-label': 'Everyone' });
  readonly #rooms = new Section('Rooms');
  readonly #spoken = new Section('Conversations');
  readonly #online = new Section();
  readonly #rest = element('p', { class: 'quiet-line' });
  /** By the keys of the conversations. */
  #items: ReadonlyMap<string, Item> = new Map();

  constructor(choose: (to: Recipients) => void) {
    this.#choose = choose;
    this.#view.append(this.#everyone, this.#rooms.place, this.#spoken.place, this.#online.place, this.#rest);
    this.#view.addEventListener('keydown', (event) => this.#move(event));
    this.#view.addEventListener('focusin', ({ target }) => this.#rove(target as HTMLElement));
  }

  render(chat: Chat): void {
    const { talks } = chat;
    const { shown } = talks;
    const online = new Set([...chat.online].map(nameKey));
    const spoken = talks.spoken();
    // A new conversation is listed, too, unless its person is listed as online.
    const alone = shown.to.length === 1 && online.has(shown.key);
    if (shown !== talks.everyone && !isRoom(shown.to) && !spoken.includes(shown) && !alone) spoken.unshift(shown);
    const named = new Set([nameKey(chat.name), ...spoken.map(({ key }) => key)]);
    const others = [...chat.online].filter((name) => !named.has(nameKey(name))).sort(byName);
    const people = others.slice(0, LISTED).map((name) => talks.get(talkKey([name])) ?? idle(name));

    const focused = this.#view.contains(document.activeElement) ? document.activeElement : undefined;
    const items = new Map<string, Item>();
    const rowOf = (talk: Talk) => {
      const item = this.#items.get(talk.key) ?? this.#newItem(talk);
      items.set(talk.key, item);
      dress(item, talk, talk === shown, chat);
      return item.row;
    };
    arrange(this.#everyone, [rowOf(talks.everyone)]);
    this.#rooms.hold(talks.rooms().map(rowOf));
    this.#spoken.hold(spoken.map(rowOf));
    this.#online.call(chat.knowsOnline ? 'Online' : 'Last seen online');
    this.#online.hold(people.map(rowOf));
    this.#items = items;
    const nobody = others.length + spoken.length === 0 && chat.knowsOnline;
    const more =
      others.length > LISTED ? `and ${others.length - LISTED} more; use “Write to someone” to find them by name` : '';
    this.#rest.textContent = nobody ? 'Nobody else is online right now.' : more;
    this.#rest.hidden = this.#rest.textContent === '';

    const stop = items.get((focused as HTMLElement | undefined)?.dataset.key ?? shown.key) ?? items.get(EVERYONE);
    if (stop === undefined) return;
    this.#rove(stop.button);
    if (focused !== undefined) stop.button.focus({ preventScroll: true });
  }

  clear(): void {
    this.#items = new Map();
    arrange(this.#everyone, []);
    for (const section of [this.#rooms, this.#spoken, this.#online]) section.hold([]);
  }

  /** Focuses the open conversation. */
  focus(): void {
    this.#buttons()
      .find(({ tabIndex }) => tabIndex === 0)
      ?.focus();
  }

  #newItem({ key, to }: Talk): Item {
    const button = element('button', { type: 'button', tabindex: '-1', 'data-key': key });
    button.addEventListener('click', () => this.#choose(to));
    return { row: element('li', {}, button), button, look: '' };
  }

  #buttons(): HTMLButtonElement[] {
    return [...this.#view.querySelectorAll('button')];
  }

  #move(event: KeyboardEvent): void {
    const buttons = this.#buttons();
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    buttons[Math.min(Math.max(to, 0), buttons.length - 1)]?.focus();
  }

  #rove(stop: HTMLElement): void {
    for (const button of this.#buttons()) button.tabIndex = button === stop ? 0 : -1;
  }
}

/** A part of the list with a heading; hidden while it is empty. */
class Section {
  readonly #heading = element('h2');
  readonly #list = element('ul');
  readonly place = element('div', { hidden: true }, this.#heading, this.#list);

  constructor(title = '') {
    this.call(title);
  }

  call(title: string): void {
    if (this.#heading.textContent === title) return;
    this.#heading.textContent = title;
    this.#list.setAttribute('aria-label', title);
  }

  hold(rows: readonly HTMLLIElement[]): void {
    arrange(this.#list, rows);
    this.place.hidden = rows.length === 0;
  }
}

/** Updates the item of a conversation. */
function dress(item: Item, talk: Talk, current: boolean, { isOnline }: Chat): void {
  const { to, unread } = talk;
  const last = talk.entries.at(-1);
  const there = to !== 'everyone' && to.length === 1 && !isRoom(to) && isOnline(to[0] ?? '');
  const when = last && shortly(last.time, Date.now());
  const look = JSON.stringify([unread, last?.key, when, there, current]);
  if (item.look === look) return;
  item.look = look;
  const { button } = item;
  button.className = unread > 0 ? 'talk-button unread' : 'talk-button';
  if (current) button.setAttribute('aria-current', 'true');
  else button.removeAttribute('aria-current');
  const face = element('span', { class: 'face', 'aria-hidden': 'true' });
  wearTalkFace(face, talk, isOnline);
  button.replaceChildren(
    face,
    element('span', { class: 'who' }, isolated(titleOf(talk)), there && unseen(', online')),
    ...(last === undefined ? [] : [element('span', { class: 'last' }, ...preview(talk, last))]),
    ...(when === undefined ? [] : [element('span', { class: 'when' }, when)]),
    ...(unread === 0
      ? []
      : [element('span', { class: 'badge' }, unread > 99 ? '99+' : `${unread}`, unseen(' unread'))]),
  );
}

function byName(a: string, b: string): number {
  return a.localeCompare(b);
}

/** The item of a person without a conversation. */
function idle(name: string): Talk {
  return { key: talkKey([name]), to: [name], entries: [], unread: 0, draft: '' };
}

function preview(talk: Talk, { mine, from, text, isNote, change }: Talk['entries'][number]): (Node | string)[] {
  if (change === 'removed') return ['Deleted message'];
  if (isNote) return [element('bdi', {}, text.slice(0, 200))];
  const said = element('bdi', {}, text.slice(0, 200));
  if (mine) return ['You: ', said];
  return talk.to === 'everyone' || isRoom(talk.to) ? [isolated(speakerOf(from)), ': ', said] : [said];
}
