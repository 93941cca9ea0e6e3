import type { Account } from './account.ts';
import type { ClientSession } from './client-session.ts';
import type { Input, Output } from './codec.ts';
import { type Refusal, type Reply, refuse } from './decisions.ts';
import { QuestionCancelled } from './errors.ts';
import { isPromise } from './eventual.ts';
import { type Once, withoutControls } from './message.ts';
import type { Hooks } from './phases.ts';
import type { Passage } from './reservation.ts';
import type { Session } from './session.ts';
import type { SessionContext } from './session-context.ts';

/** The arguments of a call, by the names of the command's params. */
export type Values = Readonly<Record<string, unknown>>;

/** One call of a command. @typeParam V what its params have as values */
export interface CommandCall<V = Values> {
  readonly session: Session;
  /** Who calls it. */
  readonly account: Account;
  /** The command's name, also where an alias was typed. */
  readonly command: string;
  /** The arguments. In `onCommand`, where they may be wrong yet, those of a call that will be refused are empty. */
  readonly values: V;
  /**
   * The arguments as a line: what follows the command's word and one blank, as typed, or the values of a program written
   * so. A transform of `onCommand` may set it; the arguments are then read from it.
   */
  readonly rest: string;
  /** The words of `rest`, which blanks separate. */
  readonly args: readonly string[];
  /** Where the client may send it again: hand it on to `server.post`. */
  readonly once: Once | undefined;
  /** For a command that `overlaps`: what must not come after this call's doings has been put in order; the next may begin. */
  readonly proceed: () => void;
}

/** A call that may still be rewritten. */
export interface CommandDraft extends Omit<CommandCall, 'rest'> {
  /** May be set. */
  rest: string;
}

/** How a command's arguments are read; the host makes it of what the command declares. */
export interface ArgumentReader {
  /** @param given a line, or values by name @returns the values, or why they are refused */
  read(given: string | Values): { readonly values: Values } | Refusal;
  /** Writes values as a line. */
  write(values: Values): string;
}

/** A command as the kernel runs it. */
export interface KernelCommand {
  /** The word that calls it. */
  readonly name: string;
  /** Whether calls of such commands may be under way together, each from when the one before it says `proceed`. */
  readonly overlaps?: boolean;
  /** Whether an account may call it; who may not is answered `error:denied:<command>`. Without it everyone may. */
  readonly allows?: (account: Account) => Promise<boolean>;
  /** The plugin that brings it. */
  readonly plugin: string;
  readonly arguments: ArgumentReader;
  /** Answers a call. What it throws is answered `error:internal:<word>` and logged. */
  run(call: CommandCall): Reply | Promise<Reply>;
}

/** A line that calls a command. */
type Said = Extract<Input, { readonly kind: 'command' }>;

/** Commands by name and alias. */
type Commands = ReadonlyMap<string, KernelCommand>;

/** How much of a word that is no command is said back, in characters. */
const WORD_SHOWN = 32;

/** Answers the commands of one logged-in client: each line with exactly one answer, in the order of the lines. */
export class Answers {
  readonly #session: ClientSession;
  readonly #account: Account;
  readonly #context: SessionContext;
  readonly #most: number;
  readonly #failed: (cause: unknown) => void;
  /** Until the last line so far is answered. */
  #last: Promise<void> = Promise.resolve();
  #underWay = 0;

  /** @param failed told what went wrong that no command is to blame for */
  constructor(session: ClientSession, account: Account, context: SessionContext, failed: (cause: unknown) => void) {
    this.#session = session;
    this.#account = account;
    this.#context = context;
    this.#most = context.limits.commandsUnderWay;
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
    if (tooMany && command.overlaps) this.#context.environment.counters.countLimitHit('commands-under-way');
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
      this.#context.environment.logger.error(facts, `the answer of command '${name}' cannot be sent`);
      this.#session.send({ kind: 'error', reason: 'internal', about: word });
    }
  }

  #run(wanted: Wanted, proceed: () => void): Promise<Output | undefined> {
    const { said } = wanted;
    const { once } = said;
    if (once === undefined) return this.#perform(wanted, proceed);
    const { id } = this.#account;
    return this.#context.retries.inTurn(id, once.key, async (waited) => {
      const first = once.again || waited ? await this.#context.posting.firstAnswer(id, once.key) : undefined;
      return this.#perform({ ...wanted, said: { ...said, once: { ...once, first } } }, proceed);
    });
  }

  async #perform({ said, command, unless, hooks }: Wanted, proceed: () => void): Promise<Output | undefined> {
    const { name } = command;
    const call = new Call(this.#session, this.#account, command, said, proceed);
    const { guard, transform, decide, observe } = hooks.onCommand;
    let passage: Passage<Refusal, Exclude<Reply, undefined>> | undefined;
    let reply: Reply;
    try {
      // A message that is already kept is answered as it was, whatever would refuse it now.
      if (call.once?.first === undefined) {
        if (unless !== undefined && (await this.#mayCall(unless))) {
          return { kind: 'error', reason: 'is-command', about: unless.name };
        }
        if (!(await this.#mayCall(command))) return { kind: 'error', reason: 'denied', about: said.word };
        if (guard.isUsed()) {
          const passing = guard.run(this.#session, call);
          passage = isPromise(passing) ? await passing : passing;
          reply = passage.refusal;
        }
        if (reply === undefined && transform.isUsed()) {
          call.isDraft = true;
          const rewriting = transform.run(this.#session, call);
          reply = isPromise(rewriting) ? await rewriting : rewriting;
          call.isDraft = false;
        }
        if (reply === undefined && decide.isUsed()) {
          const deciding = decide.run(this.#session, call);
          reply = isPromise(deciding) ? await deciding : deciding;
        }
      }
      if (reply === undefined && !this.#session.ended) {
        const read = call.read();
        reply = 'values' in read ? await command.run(call) : read;
      }
    } catch (cause) {
      if (!(cause instanceof QuestionCancelled)) throw cause;
      reply = refuse('cancelled');
    } finally {
      passage?.settle(reply);
    }
    if (observe.isUsed()) observe.notify(this.#session, call, reply);
    // Every line has its answer, so that a client that sends ahead can tell which is which.
    reply ??= this.#session.ended ? undefined : '';
    if (reply === undefined) return undefined;
    if (typeof reply === 'string' || isLines(reply)) return { kind: 'answer', command: name, reply };
    if (reply.kind === 'refusal') return errorOf(reply, said.word);
    return { kind: 'answer', command: name, reply: reply.text, facts: reply.facts };
  }

  async #mayCall({ allows }: KernelCommand): Promise<boolean> {
    return allows === undefined || (await allows(this.#account));
  }
}

/** What a line wants done. */
interface Wanted {
  readonly said: Said;
  readonly command: KernelCommand;
  /** Nothing is done if the account may call this command. */
  readonly unless: KernelCommand | undefined;
  readonly hooks: Hooks;
}

/** A word that is no command, as it is said back. */
function shown(word: string): string {
  return [...withoutControls(word.slice(0, 2 * WORD_SHOWN))].slice(0, WORD_SHOWN).join('');
}

/** A refusal as the answer to a line. */
function errorOf({ reason, sentence }: Refusal, about: string): Output {
  return { kind: 'error', reason, about, ...(sentence !== undefined && { sentence }) };
}

class Call implements CommandDraft {
  readonly session: Session;
  readonly account: Account;
  readonly command: string;
  /** Whether it may be rewritten now. */
  isDraft = false;
  readonly once: Once | undefined;
  readonly proceed: () => void;
  readonly #arguments: ArgumentReader;
  #given: string | Values;
  #read: ReturnType<ArgumentReader['read']> | undefined;

  constructor(
    session: Session,
    account: Account,
    { name, arguments: reader }: KernelCommand,
    { rest = '', values, once }: Said,
    proceed: () => void,
  ) {
    this.session = session;
    this.account = account;
    this.command = name;
    this.once = once;
    this.proceed = proceed;
    this.#arguments = reader;
    this.#given = values ?? rest;
  }

  read(): ReturnType<ArgumentReader['read']> {
    this.#read ??= this.#arguments.read(this.#given);
    return this.#read;
  }

  get values(): Values {
    const read = this.read();
    return 'values' in read ? read.values : {};
  }

  get rest(): string {
    return typeof this.#given === 'string' ? this.#given : this.#arguments.write(this.#given);
  }

  set rest(line: string) {
    if (!this.isDraft) throw new TypeError("a command's `rest` can be set in the phase `transform` of onCommand only");
    this.#given = line;
    this.#read = undefined;
  }

  get args(): readonly string[] {
    return this.rest.match(/\S+/g) ?? [];
  }
}

function isLines(reply: Exclude<Reply, undefined>): reply is readonly string[] {
  return Array.isArray(reply);
}
