import { commandsIn, namesIn } from './events.ts';
import type { KnownCommand } from './owner.ts';
import { type Answer, RequestError } from './requests.ts';

/** Who came and who left. */
interface Change {
  readonly came: readonly string[];
  readonly left: readonly string[];
}

/** What the learning needs of the conversation. */
export interface LearnedHost {
  /** Calls a command before what waits. */
  ask(command: string): Promise<Answer>;
  presence(change: Change): void;
}

/** What the server has told of itself: who is online, and which commands it has. */
export class Learned {
  readonly #host: LearnedHost;
  #names = new Set<string>();
  /** Whether it tells who comes and goes. */
  watching = false;
  /** Whether it has told so on this connection. */
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

  /** The connection is lost: who comes and goes meanwhile is not told. */
  lost(): void {
    this.knowsOnline = false;
  }

  /** Asks for the commands: a reload of the server or another role makes them others. */
  async learnCommands(): Promise<void> {
    const help = await this.#ask('help');
    if (help !== undefined && help !== 'lost') this.help(help);
  }

  /** Takes note of the answer to `help`, whoever asked. */
  help({ facts }: Answer): void {
    this.commands = commandsIn(facts);
  }

  /** Takes note of an event. */
  change({ came, left }: Change): void {
    this.#set([...this.#names].filter((name) => !left.includes(name)).concat(came));
  }

  /** Who is online now, asked for with a command where the server does not tell by itself. */
  async whoIsOnline(who: () => Promise<Answer>): Promise<readonly string[]> {
    if (!this.knowsOnline) this.#set(namesIn((await who()).facts));
    return this.online;
  }

  /** An answer; undefined where the server refuses, or `lost`. */
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
