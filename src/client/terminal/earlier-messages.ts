import { commandOf } from '../commands.ts';
import type { Conversation } from '../conversation.ts';
import { historyIn } from '../history.ts';
import type { ReceivedEntry } from '../owner.ts';
import { RequestError } from '../requests.ts';
import type { Addressee } from './parsed-line.ts';
import type { Render, Window } from './window.ts';

/** How many messages a page of the history has. */
const PAGE = 100;

/** Reasons after which a page can be asked for again. */
const PASSING: ReadonlySet<string> = new Set(['lost', 'rate', 'unexpected', 'withdrawn']);

/** How many pages are loaded at most to reach a message. */
const MAX_PAGES = 25;

/** Loads the earlier messages of windows from the server's history, where it keeps one. */
export class EarlierMessages {
  readonly #conversation: Conversation;
  readonly #line: (entry: ReceivedEntry) => Render;
  readonly #loading = new Set<Window>();

  /** @param line shows an entry that is not a message */
  constructor(conversation: Conversation, line: (entry: ReceivedEntry) => Render) {
    this.#conversation = conversation;
    this.#line = line;
  }

  /** Loads pages until a window has a message. @returns whether it has it */
  async loadTo(window: Window, id: number): Promise<boolean> {
    for (let pages = 0; pages < MAX_PAGES && !window.has(id); pages++) {
      if (!(await this.load(window))) break;
    }
    return window.has(id);
  }

  /** Loads the page before the oldest message of a window. @returns whether there was one */
  async load(window: Window): Promise<boolean> {
    const { commands } = this.#conversation;
    if (!window.hasEarlier || this.#loading.has(window) || commandOf('history', commands) === undefined) return false;
    this.#loading.add(window);
    const { oldest, to } = window;
    const before = oldest > 0 ? { side: 'before', id: oldest } : {};
    try {
      const { facts } = await this.#conversation.command('history', { place: placeOf(to), count: PAGE, ...before });
      const page = historyIn(facts);
      window.prepend(page, this.#line);
      return page.entries.length > 0;
    } catch (cause) {
      if (!(cause instanceof RequestError)) throw cause;
      window.hasEarlier = PASSING.has(cause.reason);
      return false;
    } finally {
      this.#loading.delete(window);
    }
  }
}

function placeOf(to: Addressee): string | readonly string[] {
  const [first = ''] = to;
  return to !== 'everyone' && to.length === 1 ? first : to;
}
