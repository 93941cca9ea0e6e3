import { commandOf } from '../commands.ts';
import type { Conversation } from '../conversation.ts';
import { type Completion, completed, type LastWord, lastWord } from './completion.ts';
import type { Display } from './display.ts';
import { messageCommand } from './message-commands.ts';
import { MessagePicker } from './message-picker.ts';
import { shown } from './safe.ts';

/** How many pages of the server's rooms are read at most. */
const MAX_PAGES = 10;

/** How long the list of rooms is used, in milliseconds. */
const ROOMS_TIME = 30_000;

/** Completes what is typed with Tab. */
export class Completer {
  readonly #conversation: Conversation;
  readonly #picker: MessagePicker;
  readonly #hasWindows: boolean;
  /** The rooms that the server lists, members or not, and when they were listed. */
  #listed: { readonly at: number; readonly names: readonly string[] } | undefined;

  constructor(conversation: Conversation, display: Display) {
    this.#conversation = conversation;
    this.#picker = new MessagePicker(display);
    this.#hasWindows = display.hasWindows;
  }

  /**
   * Completes the text before the cursor.
   * @param step which of several messages: one before or after the one that the line names
   * @returns a promise if the server has to be asked
   */
  complete(before: string, step: 'before' | 'after'): Completion | Promise<Completion> {
    const line = this.#picker.next(before, step);
    if (line !== undefined) return { before: line, choices: [] };
    const last = lastWord(before, this.#conversation.commands);
    const kinds = new Set(last.params?.map(({ kind }) => kind));
    if (kinds.has('message') && this.#hasWindows) return this.#withMessage(before, last);
    return kinds.has('room') ? this.#withRooms(before) : this.#completed(before, []);
  }

  /** Completes the id of a message. A word is what the message contains. */
  #withMessage(before: string, { rest, word }: LastWord): Completion {
    const [, command = ''] = /^\s*\/?(\S+)/.exec(rest) ?? [];
    const isOwn =
      messageCommand(commandOf(command, this.#conversation.commands)?.name ?? '', 'last')?.message === 'own';
    const text = word.toLowerCase();
    const { name } = this.#conversation;
    const line = this.#picker.begin(rest, (item) => {
      const isMeant = !item.isDeleted && item.text.toLowerCase().includes(text);
      return isMeant && (!isOwn || item.message.from === name);
    });
    return { before: line ?? before, choices: [] };
  }

  async #withRooms(before: string): Promise<Completion> {
    const { at = Number.NEGATIVE_INFINITY } = this.#listed ?? {};
    if (performance.now() > at + ROOMS_TIME) this.#listed = { at: performance.now(), names: await this.#rooms() };
    return this.#completed(before, this.#listed?.names ?? []);
  }

  /** The rooms that the server lists. */
  async #rooms(): Promise<string[]> {
    const names: string[] = [];
    if (commandOf('rooms', this.#conversation.commands) === undefined) return names;
    for (let page = 0; page < MAX_PAGES; page++) {
      const after = names.at(-1);
      const answer = await this.#conversation
        .command('rooms', after === undefined ? {} : { after })
        .catch(() => undefined);
      const { rooms, hasMore } = answer?.facts ?? {};
      if (Array.isArray(rooms)) names.push(...rooms.map((room) => String(Object(room).roomName)));
      if (hasMore !== true) break;
    }
    return names;
  }

  #completed(before: string, listed: readonly string[]): Completion {
    const { commands, online, name: me, rooms } = this.#conversation;
    const others = online.filter((name) => name !== me);
    const own = rooms.known.flatMap(({ kind, name }) => (kind === 'room' && name !== undefined ? [name] : []));
    return completed(before, commands, others.map(shown), [...own, ...listed].map(shown));
  }
}
