import { commandsIn, namesIn } from './events.ts';
import type { KnownCommand } from './owner.ts';
import { type Answer, RequestError } from './requests.ts';

/** Who came and who left. */
interface Change {
  readonly came: readonly string[];
  readonly left: readonly string[];
}

/** What this needs from the conversation. */
export interface LearnedHost {
  /** Calls a command ahead of the queue. */
  ask(command: string): Promise<Answer>;
  presence(change: Change): void;
  /** The commands are known, or known anew. */
  commands(): void;
}

/** What is known of the server: who is online, and its commands. */
export class Learned {
  readonly #host: LearnedHost;
  #names = new Set<string>();
  /** Whether the server reports who comes and goes. */
  watching = false;
  /** Whether it does on this connection, so that `online` is current. */
  knowsOnline = false;
  commands: readonly KnownCommand[] = [];

  constructor(host: LearnedHost) {
    this.#host = host;
  }

  get online(): readonly string[] {
    return [...this.#names];
  }

  /**
   * Asks for both, after a login.
   * @param answered called with the first answer
   */
  async learn(answered: () => void): Promise<void> {
    const asked = this.#ask('watch');
    void this.learnCommands();
    const watch = await asked;
    if (watch === 'lost') return;
    answered();
    this.watching = watch !== undefined;
    const online = watch ?? (await this.#ask('who'));
    this.knowsOnline = this.watching;
    if (online !== undefined && online !== 'lost') this.#set(namesIn(online.facts));
  }

  /** The connection is lost: changes are missed until the next one. */
  lost(): void {
    this.knowsOnline = false;
  }

  /** Asks for the commands, which change with a reload of the server or a role. */
  async learnCommands(): Promise<void> {
    const help = await this.#ask('help');
    if (help !== undefined && help !== 'lost') this.help(help);
  }

  /** Passes a request on, and asks for the commands again if its error shows that they have changed. */
  async relearnOnError(request: Promise<Answer>): Promise<Answer> {
    try {
      return await request;
    } catch (cause) {
      const { reason } = cause as RequestError;
      if (reason === 'is-command' || reason === 'command') void this.learnCommands();
      throw cause;
    }
  }

  /** Stores the answer to `help`. */
  help({ facts }: Answer): void {
    this.commands = commandsIn(facts);
    this.#host.commands();
  }

  /** Applies a presence event. */
  change({ came, left }: Change): void {
    this.#set([...this.#names].filter((name) => !left.includes(name)).concat(came));
  }

  /** Who is online now. @param who asks the server, if it does not report who comes and goes */
  async whoIsOnline(who: () => Promise<Answer>): Promise<readonly string[]> {
    if (!this.knowsOnline) this.#set(namesIn((await who()).facts));
    return this.online;
  }

  /** The answer to a command; undefined if the server refuses it, `lost` if the connection is lost. */
  async #ask(command: string): Promise<Answer | 'lost' | undefined> {
    try {
      return await this.#host.ask(command);
    } catch (cause) {
      const lost = cause instanceof RequestError && (cause.reason === 'lost' || cause.reason === 'closed');
      return lost ? 'lost' : undefined;
    }
  }

  #set(names: readonly string[]): void {
    const now = new Set(names);
    const came = [...now].filter((name) => !this.#names.has(name));
    const left = [...this.#names].filter((name) => !now.has(name));
    this.#names = now;
    if (came.length > 0 || left.length > 0) this.#host.presence({ came, left });
  }
}
