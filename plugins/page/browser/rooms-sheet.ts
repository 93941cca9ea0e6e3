import { type Conversation, commandOf, type RequestError, requestProblem } from 'chatserv/client';
import { byId, element } from './dom.ts';
import { isolated } from './people.ts';

/** A room in the facts of `rooms`. */
interface ListedRoom {
  readonly roomName: string;
  readonly topic: string;
  readonly size: number;
  /** The user's role; null for one who is not a member. */
  readonly role: string | null;
}

/** The sheet that lists rooms, to join or create one. */
export class RoomsSheet {
  readonly #sheet = byId('rooms', HTMLDialogElement);
  readonly #list = byId('rooms-list', HTMLElement);
  readonly #name = byId('rooms-name', HTMLInputElement);
  readonly #problem = byId('rooms-problem', HTMLElement);
  readonly #choose: (room: string) => void;
  #conversation: Conversation | undefined;

  /** @param choose opens a room that the user is in */
  constructor(choose: (room: string) => void) {
    this.#choose = choose;
    byId('rooms-close', HTMLButtonElement).addEventListener('click', () => this.#sheet.close());
    byId('rooms-form', HTMLFormElement).addEventListener('submit', (event) => {
      event.preventDefault();
      const name = this.#name.value.trim().replace(/^#?/, '#');
      if (name === '#') return this.#complain('Please fill in a name.');
      void this.#enter('create', name);
    });
  }

  /** Whether the server has rooms. */
  static isFor({ commands }: Conversation): boolean {
    return commandOf('rooms', commands) !== undefined;
  }

  open(conversation: Conversation): void {
    this.#conversation = conversation;
    this.#name.value = '';
    this.#problem.hidden = true;
    this.#list.replaceChildren(element('p', { class: 'hint' }, 'Loading …'));
    this.#sheet.showModal();
    void this.#load(conversation);
  }

  close(): void {
    this.#sheet.close();
  }

  async #load(conversation: Conversation): Promise<void> {
    try {
      const rooms: ListedRoom[] = [];
      for (let after: string | undefined; ; after = rooms.at(-1)?.roomName) {
        const { facts } = await conversation.command('rooms', after === undefined ? {} : { after });
        const page = Array.isArray(facts?.rooms) ? facts.rooms.filter(isRoom) : [];
        rooms.push(...page);
        if (facts?.hasMore !== true || page.length === 0) break;
      }
      this.#show(rooms);
    } catch (cause) {
      this.#list.replaceChildren();
      this.#complain(requestProblem(cause as RequestError));
    }
  }

  #show(rooms: readonly ListedRoom[]): void {
    const items = rooms.map(({ roomName, topic, size, role }) => {
      const button = element('button', { type: 'button', class: 'small' }, role === null ? 'Join' : 'Open');
      button.setAttribute('aria-label', `${role === null ? 'Join' : 'Open'} ${roomName}`);
      button.addEventListener('click', () =>
        role === null ? void this.#enter('join', roomName) : this.#leaveFor(roomName),
      );
      const about = [size === 1 ? '1 member' : `${size} members`, topic].filter((part) => part !== '').join(' · ');
      const words = element(
        'span',
        { class: 'room-words' },
        element('b', {}, isolated(roomName)),
        element('span', { class: 'hint' }, about),
      );
      return element('li', { class: 'room' }, words, button);
    });
    const none = element('p', { class: 'hint' }, 'There are no rooms yet. Create the first one below.');
    this.#list.replaceChildren(items.length > 0 ? element('ul', { 'aria-label': 'Rooms' }, ...items) : none);
  }

  /** Joins or creates a room, and opens it. */
  async #enter(command: 'join' | 'create', room: string): Promise<void> {
    try {
      await this.#conversation?.command(command, { room });
      this.#leaveFor(room);
    } catch (cause) {
      this.#complain(requestProblem(cause as RequestError));
    }
  }

  #leaveFor(room: string): void {
    this.#sheet.close();
    this.#choose(room);
  }

  #complain(problem: string): void {
    this.#problem.textContent = problem;
    this.#problem.hidden = false;
  }
}

function isRoom(value: unknown): value is ListedRoom {
  const { roomName, topic, size, role } = Object(value) as Record<string, unknown>;
  const isRole = role === null || typeof role === 'string';
  return typeof roomName === 'string' && typeof topic === 'string' && typeof size === 'number' && isRole;
}
