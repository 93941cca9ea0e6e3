import type { Output } from '../api/codec.ts';
import { type Refusal, type Reply, refuse } from '../api/decisions.ts';
import type { Hooks } from '../api/handlers.ts';
import { withoutControls } from '../api/message.ts';
import { eventually, type Steps } from '../hooks/eventual.ts';
import type { Passage } from '../hooks/reservation.ts';
import type { ClientSession } from './client-session.ts';
import { Call, type CommandInput, type KernelCommand } from './commands.ts';
import type { KernelGeneration } from './environment.ts';
import { QuestionCancelled } from './errors.ts';

/** How much of an unknown command's word an error repeats, in characters. */
const WORD_SHOWN = 32;

/** A command to run, and its answer until that is sent. */
interface Request {
  readonly input: CommandInput;
  readonly command: KernelCommand;
  /** Refuses the request if the account may call this command. */
  readonly unless: KernelCommand | undefined;
  readonly hooks: Hooks;
  answer?: Output | undefined;
  /** Whether it ran. It has no answer where its session ended meanwhile. */
  isDone: boolean;
}

/** Answers the commands of one logged-in client: each line with exactly one answer, in the order of the lines. */
export class Answers {
  readonly #session: ClientSession;
  readonly #maxRunning: number;
  readonly #failed: (cause: unknown) => void;
  /** Overlapping commands that have no answer yet, in the order of their lines, and the codec's replies to those between. */
  readonly #unanswered: (Request | string)[] = [];
  #given: PromiseWithResolvers<void> | undefined;

  /** @param failed called with an error that no command caused */
  constructor(session: ClientSession, failed: (cause: unknown) => void) {
    this.#session = session;
    this.#maxRunning = session.context.limits.commandsUnderWay;
    this.#failed = failed;
  }

  /** Resolves when every line so far is answered. */
  given(): Promise<void> {
    if (this.#unanswered.length > 0) this.#given ??= Promise.withResolvers<void>();
    return this.#given?.promise ?? Promise.resolve();
  }

  /** Answers a line in its turn. */
  inTurn(answer: () => void | Promise<void> | undefined): Promise<void> {
    return this.given().then(answer);
  }

  /** Answers a line with an error, in its turn. */
  addError(reason: string, about: string, encode?: CommandInput['encode']): Promise<void> {
    return this.inTurn(() => this.#session.send({ kind: 'error', reason, about }, encode));
  }

  /** Sends a reply of the codec's own in its turn. @returns when the next line may be read, undefined if at once */
  addReply(reply: string): Promise<void> | undefined {
    if (this.#unanswered.length >= this.#maxRunning) return this.inTurn(() => this.addReply(reply));
    this.#unanswered.push(reply);
    return this.#sendDone();
  }

  /** Runs a command, unless its line exceeded a rate. @returns when the next line may be read, undefined if at once */
  add(input: CommandInput, { commands, hooks }: KernelGeneration): Promise<void> | undefined {
    const { word, unlessCommand = '', encode } = input;
    const command = commands.get(word);
    const about =
      command === undefined ? [...withoutControls(word.slice(0, 2 * WORD_SHOWN))].slice(0, WORD_SHOWN).join('') : word;
    if (this.#session.inputs.throttled) return this.addError('rate', about, encode);
    if (command === undefined) return this.addError('command', about, encode);
    const request: Request = { input, command, unless: commands.get(unlessCommand), hooks, isDone: false };
    if (!command.overlaps) {
      return this.inTurn(async () => {
        request.answer = await eventually(this.#run(request, () => {}));
        this.#send(request);
      });
    }
    if (this.#unanswered.length < this.#maxRunning) return this.#overlap(request);
    this.#session.context.environment.counters.countLimitHit('commands-under-way');
    return this.inTurn(() => this.#overlap(request));
  }

  /** Runs a command beside those before it. @returns when its effects have their order, undefined if at once */
  #overlap(request: Request): Promise<void> | undefined {
    let mayProceed = false;
    let wake: (() => void) | undefined;
    const proceed = (): void => {
      mayProceed = true;
      wake?.();
    };
    eventually(this.#answer(request, proceed));
    if (mayProceed) return undefined;
    return new Promise((resolve) => {
      wake = resolve;
    });
  }

  *#answer(request: Request, proceed: () => void): Steps<void> {
    this.#unanswered.push(request);
    try {
      request.answer = yield* this.#run(request, proceed);
    } catch (cause) {
      this.#failed(cause);
    }
    request.isDone = true;
    this.#sendDone();
    proceed();
  }

  /** Sends the answers whose turn has come. */
  #sendDone(): undefined {
    const unanswered = this.#unanswered;
    for (let [next] = unanswered; typeof next === 'string' || next?.isDone; [next] = unanswered) {
      unanswered.shift();
      if (typeof next === 'string') this.#session.outbox.putAnswer(Buffer.from(next));
      else this.#send(next);
    }
    if (unanswered.length > 0) return;
    this.#given?.resolve();
    this.#given = undefined;
  }

  /** Sends an answer. One that the codec cannot encode, such as facts that JSON lacks, is the command's failure. */
  #send({ answer, input: { word, encode }, command: { name, plugin } }: Request): void {
    try {
      if (answer !== undefined) this.#session.send(answer, encode);
    } catch (err) {
      const facts = { event: 'plugin-error', plugin, command: name, ...this.#session.who, err };
      this.#session.context.environment.logger.error(facts, `the answer of command '${name}' cannot be sent`);
      this.#session.send({ kind: 'error', reason: 'internal', about: word }, encode);
    }
  }

  *#run(request: Request, proceed: () => void): Steps<Output | undefined> {
    const { input } = request;
    const { once } = input;
    if (once === undefined) return yield* this.#perform(request, proceed);
    const id = this.#session.account?.id ?? 0;
    // A copy runs once the one before it was kept or refused, so that it can get the same answer.
    return (yield this.#session.context.retries.run(`${id} ${once.key}`, async (waited) => {
      const first =
        once.retry || waited ? await this.#session.context.messages.posting.firstAnswer(id, once.key) : undefined;
      return eventually(this.#perform({ ...request, input: { ...input, once: { ...once, first } } }, proceed));
    })) as Output | undefined;
  }

  *#perform({ input, command, unless, hooks }: Request, proceed: () => void): Steps<Output | undefined> {
    const session = this.#session;
    const { account } = session;
    if (session.ended || account === undefined) return undefined;
    const { name } = command;
    const call = new Call(session, account, command, input, proceed);
    const { guard, transform, decide, observe } = hooks.onCommand;
    let passage: Passage<Refusal, Exclude<Reply, undefined>> | undefined;
    let reply: Reply;
    try {
      // A retry of a message that is already kept gets the first answer: nothing may refuse it now.
      if (call.once?.first === undefined) {
        if (unless !== undefined && (unless.allows === undefined || (yield unless.allows(account)))) {
          return { kind: 'error', reason: 'is-command', about: unless.name };
        }
        if (command.allows !== undefined && !(yield command.allows(account))) {
          return { kind: 'error', reason: 'denied', about: input.word };
        }
        if (guard.isUsed()) {
          passage = (yield guard.run(session, call)) as NonNullable<typeof passage>;
          reply = passage.refusal;
        }
        if (reply === undefined && transform.isUsed()) {
          call.isDraft = true;
          reply = (yield transform.run(session, call)) as Reply;
          call.isDraft = false;
        }
        if (reply === undefined && decide.isUsed()) reply = (yield decide.run(session, call)) as Reply;
      }
      if (reply === undefined && !session.ended) {
        const read = call.read();
        reply = 'values' in read ? ((yield command.run(call)) as Reply) : read;
      }
    } catch (cause) {
      if (!(cause instanceof QuestionCancelled)) throw cause;
      reply = refuse('cancelled');
    } finally {
      passage?.settle(reply);
    }
    if (observe.isUsed()) observe.notify(session, call, reply);
    // Every line has an answer, so that a client that pipelines can match them.
    reply ??= session.ended ? undefined : '';
    if (reply === undefined) return undefined;
    if (typeof reply === 'string' || !('kind' in reply)) return { kind: 'answer', command: name, reply };
    if (reply.kind === 'reply') return { kind: 'answer', command: name, reply: reply.text, facts: reply.facts };
    const { reason, sentence } = reply;
    return { kind: 'error', reason, about: input.word, ...(sentence !== undefined && { sentence }) };
  }
}
