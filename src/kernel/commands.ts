import type { Account } from './account.ts';
import type { Input, Output } from './codec.ts';
import { QuestionCancelled } from './endings.ts';
import type { Hooks } from './hooks.ts';
import type { Logger } from './logger.ts';
import { type Once, withoutControls } from './message.ts';
import type { Retries } from './retries.ts';
import type { Session } from './session.ts';
import { type Reply, refuse } from './verdicts.ts';

/** One call of a command. */
export interface CommandCall {
  readonly session: Session;
  /** Who calls it. */
  readonly account: Account;
  /** The command's name, also where an alias was typed. */
  readonly command: string;
  /** The rest of the line after the one blank that ends the command's word, as typed. A handler of `onCommand` may set it. */
  rest: string;
  /** The words of `rest`, which blanks separate. */
  readonly args: readonly string[];
  /** Where the client may send it again: hand it on to `server.post`. */
  readonly once: Once | undefined;
  /** For a command that `overlaps`: what must not come after this call's doings has been put in order; the next may begin. */
  readonly proceed: () => void;
}

/** A command: what help, the argument check and the docs need to know of it, and what it does. */
export interface Command {
  /** The word that calls it. Where two plugins bring one word, the server does not start. */
  readonly name: string;
  /** Other words that call it. */
  readonly aliases: readonly string[];
  /** How it is called: `wholast <minutes>`. */
  readonly usage: string;
  /** What it does, in one line without a full stop. */
  readonly summary: string;
  /** How many words may follow: outside these bounds the answer is `error:args:<command>` and `run` is not called. */
  readonly args?: { readonly min?: number; readonly max?: number };
  /**
   * Whether calls of such commands may be under way together, each from when the one before it says `proceed`: many
   * messages of one client then share the wait for the disk. Answers are given in order all the same.
   */
  readonly overlaps?: boolean;
  /** The role that it needs, for who lists commands; `allows` asks for it. */
  readonly role?: string;
  /** Whether an account may call it; who may not is answered `error:denied:<command>`. Without it everyone may. */
  readonly allows?: (account: Account) => Promise<boolean>;
  /** The plugin that brings it. */
  readonly plugin: string;
  /** Answers a call. What it throws is answered `error:internal:<word>` and logged. */
  run(call: CommandCall): Reply | Promise<Reply>;
}

/** A line that calls a command. */
type Said = Extract<Input, { readonly kind: 'command' }>;

/** Commands by name and alias. */
type Commands = ReadonlyMap<string, Command>;

/** How much of a word that is no command is said back, in characters. */
const WORD_SHOWN = 32;

/** What the answering of commands needs of the kernel. */
export interface AnswersHost {
  readonly logger: Logger;
  readonly limits: { readonly commandsUnderWay: number };
  readonly retries: Retries;
  /** Counts that a limit was met. */
  limitMet(limit: string): void;
}

/** Answers the commands of one logged-in client: each line with exactly one answer, in the order of the lines. */
export class Answers {
  readonly #session: Session;
  readonly #account: Account;
  readonly #host: AnswersHost;
  readonly #most: number;
  readonly #failed: (cause: unknown) => void;
  /** Until the last line so far is answered. */
  #last: Promise<void> = Promise.resolve();
  #underWay = 0;

  /** @param failed told what went wrong that no command is to blame for */
  constructor(session: Session, account: Account, host: AnswersHost, failed: (cause: unknown) => void) {
    this.#session = session;
    this.#account = account;
    this.#host = host;
    this.#most = host.limits.commandsUnderWay;
    this.#failed = failed;
  }

  /** Resolves when every line so far is answered. */
  given(): Promise<void> {
    return this.#last;
  }

  /** Says in its turn that a line was not understood. */
  async addError({ reason, about }: { readonly reason: string; readonly about: string }): Promise<void> {
    await this.#last;
    this.#session.send({ kind: 'error', reason, about });
  }

  /** Sends in its turn a reply of the codec's own. */
  async addReply(text: string): Promise<void> {
    await this.#last;
    this.#session.reply(text);
  }

  /** Says in its turn that a command came too fast and is not run. */
  addTooFast({ word }: Said, { commands }: { readonly commands: Commands }): Promise<void> {
    return this.addError({ reason: 'rate', about: commands.has(word) ? word : shown(word) });
  }

  /** Runs a command. @returns when the next line may be looked at */
  async add(said: Said, { commands, hooks }: { readonly commands: Commands; readonly hooks: Hooks }): Promise<void> {
    const { word, unlessCommand = '' } = said;
    const command = commands.get(word);
    if (command === undefined) return this.addError({ reason: 'command', about: shown(word) });
    const wanted = { said, command, unless: commands.get(unlessCommand), hooks };
    const tooMany = this.#underWay >= this.#most;
    if (tooMany && command.overlaps) this.#host.limitMet('commands-under-way');
    if (tooMany || !command.overlaps) await this.#last;
    if (this.#session.ended) return;
    if (!command.overlaps) {
      const output = await this.#run(wanted, () => {});
      if (output !== undefined) this.#say(output, wanted);
      return;
    }
    const { promise: mayProceed, resolve: proceed } = Promise.withResolvers<void>();
    this.#underWay++;
    this.#last = this.#sayInTurn(wanted, this.#run(wanted, proceed), this.#last).finally(proceed);
    await mayProceed;
  }

  async #sayInTurn(wanted: Wanted, answer: Promise<Output | undefined>, before: Promise<void>): Promise<void> {
    try {
      const output = await answer;
      await before;
      if (output !== undefined) this.#say(output, wanted);
    } catch (cause) {
      this.#failed(cause);
    } finally {
      this.#underWay--;
    }
  }

  /** Sends an answer. One that the codec cannot encode, such as facts that JSON lacks, fails as its command does. */
  #say(answer: Output, { said: { word }, command: { name, plugin } }: Wanted): void {
    try {
      this.#session.send(answer);
    } catch (err) {
      const facts = { event: 'plugin-error', plugin, command: name, ...this.#session.who, err };
      this.#host.logger.error(facts, `the answer of command '${name}' cannot be sent`);
      this.#session.send({ kind: 'error', reason: 'internal', about: word });
    }
  }

  #run(wanted: Wanted, proceed: () => void): Promise<Output | undefined> {
    const { said, hooks } = wanted;
    const { once } = said;
    if (once === undefined) return this.#perform(wanted, proceed);
    const { id } = this.#account;
    return this.#host.retries.inTurn(id, once.key, async (waited) => {
      const first = once.again || waited ? await hooks.onRetry.promise(this.#account, once.key) : undefined;
      return this.#perform({ ...wanted, said: { ...said, once: { ...once, first } } }, proceed);
    });
  }

  async #perform({ said, command, unless, hooks }: Wanted, proceed: () => void): Promise<Output | undefined> {
    const { name } = command;
    const call = new Call(this.#session, this.#account, name, said, proceed);
    let reply: Reply;
    try {
      // A message that is already kept is answered as it was, whatever would refuse it now.
      if (call.once?.first === undefined) {
        if (unless !== undefined && (await this.#mayCall(unless))) {
          return { kind: 'error', reason: 'is-command', about: unless.name };
        }
        if (!(await this.#mayCall(command))) return { kind: 'error', reason: 'denied', about: said.word };
        if (hooks.onCommand.isUsed()) reply = await hooks.onCommand.promise(this.#session, call);
      }
      if (reply === undefined && !this.#session.ended) {
        reply = fits(call, command) ? await command.run(call) : refuse('args');
      }
    } catch (cause) {
      if (!(cause instanceof QuestionCancelled)) throw cause;
      reply = refuse('cancelled');
    }
    // Every line has its answer, so that a client that sends ahead can tell which is which.
    reply ??= this.#session.ended ? undefined : '';
    if (reply === undefined) return undefined;
    if (typeof reply === 'string' || isLines(reply)) return { kind: 'answer', command: name, reply };
    if (reply.kind === 'refusal') return { kind: 'error', reason: reply.reason, about: said.word };
    return { kind: 'answer', command: name, reply: reply.text, facts: reply.facts };
  }

  async #mayCall({ allows }: Command): Promise<boolean> {
    return allows === undefined || (await allows(this.#account));
  }
}

/** What a line wants done. */
interface Wanted {
  readonly said: Said;
  readonly command: Command;
  /** Nothing is done if the account may call this command. */
  readonly unless: Command | undefined;
  readonly hooks: Hooks;
}

/** A word that is no command, as it is said back. */
function shown(word: string): string {
  return [...withoutControls(word.slice(0, 2 * WORD_SHOWN))].slice(0, WORD_SHOWN).join('');
}

class Call implements CommandCall {
  readonly session: Session;
  readonly account: Account;
  readonly command: string;
  rest: string;
  readonly once: Once | undefined;
  readonly proceed: () => void;

  constructor(session: Session, account: Account, command: string, { rest, once }: Said, proceed: () => void) {
    this.session = session;
    this.account = account;
    this.command = command;
    this.rest = rest;
    this.once = once;
    this.proceed = proceed;
  }

  get args(): readonly string[] {
    return this.rest.match(/\S+/g) ?? [];
  }
}

function fits(call: CommandCall, { args: { min = 0, max = Number.POSITIVE_INFINITY } = {} }: Command): boolean {
  if (min === 0 && max === Number.POSITIVE_INFINITY) return true;
  const { length } = call.args;
  return length >= min && length <= max;
}

function isLines(reply: Exclude<Reply, undefined>): reply is readonly string[] {
  return Array.isArray(reply);
}
