import type { Account } from '../api/account.ts';
import type { Output } from '../api/codec.ts';
import { type Refusal, type Reply, refuse } from '../api/decisions.ts';
import type { Hooks } from '../api/handlers.ts';
import { withoutControls } from '../api/message.ts';
import { isPromise } from '../hooks/eventual.ts';
import type { Passage } from '../hooks/reservation.ts';
import type { ClientSession } from './client-session.ts';
import { Call, type CommandInput, type Commands, type KernelCommand } from './commands.ts';
import { QuestionCancelled } from './errors.ts';

/** How much of an unknown command's word an error repeats, in characters. */
const WORD_SHOWN = 32;

/** A command to run. */
interface Request {
  readonly input: CommandInput;
  readonly command: KernelCommand;
  /** Refuses the request if the account may call this command. */
  readonly unless: KernelCommand | undefined;
  readonly hooks: Hooks;
}

/** Answers the commands of one logged-in client: each line with exactly one answer, in the order of the lines. */
export class Answers {
  readonly #session: ClientSession;
  readonly #account: Account;
  readonly #maxRunning: number;
  readonly #failed: (cause: unknown) => void;
  /** Resolves once the last line so far is answered. */
  #last: Promise<void> = Promise.resolve();
  #running = 0;

  /** @param failed called with an error that no command caused */
  constructor(session: ClientSession, account: Account, failed: (cause: unknown) => void) {
    this.#session = session;
    this.#account = account;
    this.#maxRunning = session.context.limits.commandsUnderWay;
    this.#failed = failed;
  }

  /** Resolves when every line so far is answered. */
  given(): Promise<void> {
    return this.#last;
  }

  /** Answers a line with an error, in its turn. */
  async addError({ reason, about }: { readonly reason: string; readonly about: string }): Promise<void> {
    await this.#last;
    this.#session.send({ kind: 'error', reason, about });
  }

  /** Sends a reply of the codec's own, in its turn. */
  async addReply(text: string): Promise<void> {
    await this.#last;
    this.#session.reply(text);
  }

  /** Runs a command, unless its line exceeded a rate. @returns when the next line may be read */
  add(input: CommandInput, { commands, hooks }: { readonly commands: Commands; readonly hooks: Hooks }): Promise<void> {
    const { word, unlessCommand = '' } = input;
    const command = commands.get(word);
    const about = command === undefined ? shown(word) : word;
    if (this.#session.inputs.throttled) return this.addError({ reason: 'rate', about });
    if (command === undefined) return this.addError({ reason: 'command', about });
    const request = { input, command, unless: commands.get(unlessCommand), hooks };
    if (!command.overlaps) return this.#runAlone(request);
    return this.#running < this.#maxRunning ? this.#overlap(request) : this.#overlapLater(request);
  }

  async #runAlone(request: Request): Promise<void> {
    await this.#last;
    if (this.#session.ended) return;
    const output = await this.#run(request, () => {});
    if (output !== undefined) this.#send(output, request);
  }

  async #overlapLater(request: Request): Promise<void> {
    this.#session.context.environment.counters.countLimitHit('commands-under-way');
    await this.#last;
    await this.#overlap(request);
  }

  /** Runs a command beside those before it. @returns when its effects have their order, or it is answered */
  #overlap(request: Request): Promise<void> {
    const { promise: mayProceed, resolve: proceed } = Promise.withResolvers<void>();
    if (this.#session.ended) proceed();
    else this.#last = this.#sendInTurn(request, proceed, this.#running++ === 0 ? undefined : this.#last);
    return mayProceed;
  }

  /** @param before resolves when every line before it is answered */
  async #sendInTurn(request: Request, proceed: () => void, before: Promise<void> | undefined): Promise<void> {
    try {
      const output = await this.#run(request, proceed);
      if (before !== undefined) await before;
      if (output !== undefined) this.#send(output, request);
    } catch (cause) {
      this.#failed(cause);
    } finally {
      this.#running--;
      proceed();
    }
  }

  /** Sends an answer. One that the codec cannot encode, such as facts that JSON lacks, is the command's failure. */
  #send(answer: Output, { input: { word }, command: { name, plugin } }: Request): void {
    try {
      this.#session.send(answer);
    } catch (err) {
      const facts = { event: 'plugin-error', plugin, command: name, ...this.#session.who, err };
      this.#session.context.environment.logger.error(facts, `the answer of command '${name}' cannot be sent`);
      this.#session.send({ kind: 'error', reason: 'internal', about: word });
    }
  }

  #run(request: Request, proceed: () => void): Promise<Output | undefined> {
    const { input } = request;
    const { once } = input;
    if (once === undefined) return this.#perform(request, proceed);
    const { id } = this.#account;
    // A copy runs once the one before it was kept or refused, so that it can get the same answer.
    return this.#session.context.retries.run(`${id} ${once.key}`, async (waited) => {
      const first =
        once.again || waited ? await this.#session.context.messages.posting.firstAnswer(id, once.key) : undefined;
      return this.#perform({ ...request, input: { ...input, once: { ...once, first } } }, proceed);
    });
  }

  async #perform({ input, command, unless, hooks }: Request, proceed: () => void): Promise<Output | undefined> {
    const { name } = command;
    const call = new Call(this.#session, this.#account, command, input, proceed);
    const { guard, transform, decide, observe } = hooks.onCommand;
    let passage: Passage<Refusal, Exclude<Reply, undefined>> | undefined;
    let reply: Reply;
    try {
      // A retry of a message that is already kept gets the first answer: nothing may refuse it now.
      if (call.once?.first === undefined) {
        if (unless !== undefined && (unless.allows === undefined || (await unless.allows(this.#account)))) {
          return { kind: 'error', reason: 'is-command', about: unless.name };
        }
        if (command.allows !== undefined && !(await command.allows(this.#account))) {
          return { kind: 'error', reason: 'denied', about: input.word };
        }
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
    // Every line has an answer, so that a client that pipelines can match them.
    reply ??= this.#session.ended ? undefined : '';
    if (reply === undefined) return undefined;
    if (typeof reply === 'string' || !('kind' in reply)) return { kind: 'answer', command: name, reply };
    if (reply.kind === 'reply') return { kind: 'answer', command: name, reply: reply.text, facts: reply.facts };
    const { reason, sentence } = reply;
    return { kind: 'error', reason, about: input.word, ...(sentence !== undefined && { sentence }) };
  }
}

/** The part of an unknown command's word that an error repeats. */
function shown(word: string): string {
  return [...withoutControls(word.slice(0, 2 * WORD_SHOWN))].slice(0, WORD_SHOWN).join('');
}
