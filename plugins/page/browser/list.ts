import { nameKey } from 'chatserv/client';
import { byId, element, unseen } from './dom.ts';
import { isolated, titleOf, wearTalkFace } from './people.ts';
import type { Recipients, Talk, Talks } from './talks.ts';
import { EVERYONE, talkKey } from './talks.ts';
import { shortly } from './time.ts';

/** How many of those who are online are listed; more are counted. */
const LISTED = 300;

export interface ListState {
  readonly talks: Talks;
  /** The names of those who are online. */
  readonly online: ReadonlySet<string>;
  readonly isOnline: (name: string) => boolean;
  readonly me: string;
  /** The key of the conversation that is shown. */
  readonly current: string;
}

/** The list of conversations and of people. The arrow keys go through it; the Tab key comes to one place of it only. */
export class ListView {
  readonly #view = byId('talks', HTMLElement);
  readonly #choose: (to: Recipients) => void;

  constructor(choose: (to: Recipients) => void) {
    this.#choose = choose;
    this.#view.addEventListener('keydown', (event) => this.#move(event));
    this.#view.addEventListener('focusin', ({ target }) => this.#rove(target as HTMLElement));
  }

  render(state: ListState): void {
    const { talks, online, me } = state;
    const spoken = talks.spoken();
    const named = new Set(spoken.map(({ key }) => key));
    const current = talks.get(state.current);
    // One that was just begun is listed, too.
    if (current !== undefined && current.key !== EVERYONE && !named.has(current.key)) {
      if (current.to.length > 1 || !state.isOnline(current.to[0] ?? '')) {
        spoken.unshift(current);
        named.add(current.key);
      }
    }
    const others = [...online].filter((name) => nameKey(name) !== nameKey(me) && !named.has(nameKey(name)));
    others.sort((a, b) => a.localeCompare(b));

    const focused = this.#view.contains(document.activeElement) ? document.activeElement : undefined;
    const focusedKey = (focused as HTMLElement | undefined)?.dataset.key;
    const others_ = others.slice(0, LISTED).map((name) => this.#item(talks.get(talkKey([name])) ?? idle(name), state));
    this.#view.replaceChildren(
      element('ul', { 'aria-label': 'Everyone' }, this.#item(talks.everyone, state)),
      ...section(
        'Conversations',
        spoken.map((talk) => this.#item(talk, state)),
      ),
      ...section('Online', others_),
    );
    if (others.length > LISTED) this.#view.append(quiet(`and ${others.length - LISTED} more`));
    if (others.length + spoken.length === 0) this.#view.append(quiet('Nobody else is online right now.'));
    const key = focusedKey ?? state.current;
    const stop = this.#buttons().find(({ dataset }) => dataset.key === key) ?? this.#buttons()[0];
    if (stop !== undefined) this.#rove(stop);
    if (focused !== undefined) stop?.focus({ preventScroll: true });
  }

  /** Puts the focus on the conversation that is shown. */
  focus(): void {
    this.#buttons()
      .find(({ tabIndex }) => tabIndex === 0)
      ?.focus();
  }

  #item(talk: Talk, { current, isOnline }: ListState): HTMLLIElement {
    const now = Date.now();
    const face = element('span', { class: 'face', 'aria-hidden': 'true' });
    wearTalkFace(face, talk, isOnline);
    const last = talk.entries.at(-1);
    const person = talk.to !== 'everyone' && talk.to.length === 1;
    const there = person && isOnline(talk.to[0] ?? '');
    const button = element(
      'button',
      {
        type: 'button',
        class: talk.unread > 0 ? 'talk-button unread' : 'talk-button',
        tabindex: '-1',
        'data-key': talk.key,
        'aria-current': talk.key === current && 'true',
      },
      face,
      element('span', { class: 'who' }, isolated(titleOf(talk)), there && unseen(', online')),
      last && element('span', { class: 'last' }, ...preview(talk, last)),
      last && element('span', { class: 'when' }, shortly(last.time, now)),
      talk.unread > 0 &&
        element('span', { class: 'badge' }, talk.unread > 99 ? '99+' : `${talk.unread}`, unseen(' unread')),
    );
    button.addEventListener('click', () => this.#choose(talk.to));
    return element('li', {}, button);
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

/** A person with whom nothing was said yet. */
function idle(name: string): Talk {
  return { key: talkKey([name]), to: [name], entries: [], unread: 0, draft: '' };
}

function preview(talk: Talk, { mine, from, text }: Talk['entries'][number]): (Node | string)[] {
  const said = element('bdi', {}, text.slice(0, 200));
  if (mine) return ['You: ', said];
  return talk.to === 'everyone' ? [isolated(from), ': ', said] : [said];
}

function section(title: string, items: readonly HTMLLIElement[]): HTMLElement[] {
  if (items.length === 0) return [];
  return [element('h2', {}, title), element('ul', { 'aria-label': title }, ...items)];
}

function quiet(text: string): HTMLParagraphElement {
  return element('p', { class: 'quiet-line' }, text);
}
