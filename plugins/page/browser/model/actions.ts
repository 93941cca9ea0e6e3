import { type Answer, commandOf, type RequestError } from 'chatserv/client';
import type { Screen } from './screen.ts';
import { type Entry, isRoom, type Recipients } from './talk.ts';
import { refusedInWords } from './words.ts';

/** What the user does with messages and people, through commands of the server. */
export class Actions {
  readonly #screen: Screen;

  constructor(screen: Screen) {
    this.#screen = screen;
  }

  /** Whether the server has a command, and lets this user call it. */
  can(command: string): boolean {
    return commandOf(command, this.#screen.chat.conversation.commands) !== undefined;
  }

  /**
   * Calls a command. If it is refused, the open conversation says so.
   * @param doing what the user does, in words
   * @param given its arguments: the rest of the line, or values by name
   */
  async run(
    doing: string,
    command: string,
    given: string | Readonly<Record<string, unknown>> = '',
  ): Promise<Answer | undefined> {
    const { chat } = this.#screen;
    try {
      const answer = await chat.conversation.command(command, given);
      chat.answered(answer.command, answer.facts);
      return answer;
    } catch (cause) {
      this.#screen.note({ typed: doing, lines: [{ text: refusedInWords(cause as RequestError) }], isProblem: true });
      return undefined;
    }
  }

  /** Calls a command and shows its answer, or `done` if it has none for people. */
  async show(doing: string, command: string, given: string, done?: string): Promise<void> {
    const answer = await this.run(doing, command, given);
    if (answer === undefined) return;
    const lines = done === undefined ? (answer.lines ?? [answer.text ?? '']) : [done];
    this.#screen.note({ typed: doing, lines: lines.map((text) => ({ text })), isProblem: false });
  }

  /** Whether the user may delete messages of others in the open conversation. Asks for the role in a room. */
  async moderates(): Promise<boolean> {
    const talk = this.#screen.talk.peek();
    if (talk.to === 'everyone') return this.can('kick');
    if (!isRoom(talk.to)) return false;
    const { facts } = await this.#screen.chat.conversation.command('room', { room: talk.to[0] });
    return facts?.role === 'moderator' || facts?.role === 'owner' || this.can('announce');
  }

  edit({ id }: Entry, text: string): void {
    void this.run('Edit a message', 'edit', { message: id, text });
  }

  remove({ id }: Entry): void {
    void this.run('Delete a message', 'delete', { message: id });
  }

  /** Adds the user's reaction to a message, or takes it back. */
  react({ id, reactions = {} }: Entry, reaction: string): void {
    const isOn = reactions[reaction]?.includes(this.#screen.chat.name) === true;
    void this.run('React to a message', isOn ? 'unreact' : 'react', { message: id, reaction });
  }

  /** Opens a conversation at a message, which is loaded if it is not listed. */
  async jumpTo(to: Recipients, id: number): Promise<void> {
    const screen = this.#screen;
    screen.choose(to);
    const talk = screen.talk.peek();
    const listed = () => (talk.excerpt?.entries ?? talk.entries).find((entry) => entry.id === id);
    if (listed() === undefined) await screen.chat.history.loadAround(talk, id);
    if (screen.talk.peek() !== talk) return;
    screen.target.value = listed()?.key;
    screen.messages.value++;
  }

  /** Goes to the first message that was unread when the conversation was opened. */
  async jumpToFirstUnread(): Promise<void> {
    const screen = this.#screen;
    const talk = screen.talk.peek();
    const unread = screen.news.unread.peek();
    if (unread === undefined) return;
    const { count, last, after } = unread;
    talk.excerpt = undefined;
    talk.isReadBack = true;
    screen.news.mark(talk, count, last);
    if (!screen.news.isListed && after !== undefined) {
      const first = await screen.chat.history.loadPast(talk, after);
      if (screen.talk.peek() !== talk) return;
      if (first !== undefined) screen.news.first.value = first.key;
    }
    screen.target.value = screen.news.first.peek();
    screen.news.unread.value = undefined;
    screen.messages.value++;
  }
}
