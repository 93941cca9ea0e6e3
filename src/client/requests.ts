import type { Clock } from '../api/clock.ts';
import type { MessageForm } from '../api/message.ts';
import type { ServerEvent } from './json-events.ts';

/** The answer to a command or a message. */
export interface Answer {
  readonly command: string;
  /** The answer, if it is one line. */
  readonly text?: string | undefined;
  /** The answer, if it is several lines. */
  readonly lines?: readonly string[] | undefined;
  /** The answer as data; each command has its own fields. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

/** Why a request was rejected. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  /** The server's reason, such as `args` or `denied`; `lost`, `closed` or `withdrawn` if there was no answer. */
  readonly reason: string;
  /** What it is about: the command, or the field that is wrong. */
  readonly about: string;
  /** The server's explanation for people, if it gave one. */
  readonly sentence: string | undefined;

  constructor(reason: string, about: string, message: string, sentence?: string) {
    super(message);
    this.reason = reason;
    this.about = about;
    this.sentence = sentence;
  }
}

/** Details of a message to send. */
export interface MessageOptions {
  /** `action`: it tells what the user does, as `waves` does. `notice`: a program sends it. */
  readonly form?: MessageForm | undefined;
  /** The id of the message that it answers, which must be in the same place. */
  readonly reply?: number | undefined;
  /**
   * A word that may be a command instead: if it is one on this server, nothing is sent, and the error's reason is
   * `is-command`.
   */
  readonly unlessCommand?: string | undefined;
}

/** A request without `request` and, for messages, `key`, which the queue adds. */
export type Wanted =
  | { readonly type: 'command'; readonly name: string; readonly text: string }
  | { readonly type: 'command'; readonly name: string; readonly values: Readonly<Record<string, unknown>> }
  | ({
      readonly type: 'message';
      readonly to: string | readonly string[];
      readonly text: string;
    } & MessageOptions);

interface Waiting {
  readonly wanted: Wanted;
  readonly request: number;
  /** Whether it goes ahead of the queue and is dropped with the session. */
  readonly first: boolean;
  /** Whether it was sent before and not answered, so that the server may have it already. */
  again: boolean;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (cause: RequestError) => void;
}

/** How long an answer may take, in milliseconds, before the connection counts as lost. */
const ANSWER_TIME = 20_000;

/** The first and the longest wait after `error rate`, in milliseconds. */
const RATE_TIME = { first: 1_000, longest: 15_000 };

/** What the queue needs from the conversation. */
export interface RequestsHost {
  readonly clock: Clock;
  /** Unique to this conversation: message keys start with it. */
  readonly id: string;
  send(event: object): void;
  /** An answer has not come in time. */
  silent(): void;
}

/**
 * The requests of a conversation, answered in order. Only one is under way at a time, so that the order survives an
 * `error` `rate`, and a lost connection leaves only one in doubt: a message is then sent again with the same key, and a
 * command, which may have run, is rejected.
 */
export class Requests {
  readonly #host: RequestsHost;
  #waiting: Waiting[] = [];
  #underWay: Waiting | undefined;
  #count = 0;
  /** Whether there is a session to send on. */
  #open = false;
  #over: string | undefined;
  #rateTime = RATE_TIME.first;
  /** Whether it waits after `error` `rate`. */
  #resting = false;
  /** Whether a question is open, and whether one was since the request under way was sent. */
  #asking = false;
  #asked = false;
  #cancelTimer = () => {};

  constructor(host: RequestsHost) {
    this.#host = host;
  }

  /** Queues a request. @param first whether it goes ahead of the queue, and is dropped with the session */
  add(wanted: Wanted, first = false): Promise<Answer> {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const waiting = { wanted, request: ++this.#count, first, again: false, resolve, reject };
    if (this.#over !== undefined) {
      reject(closed(waiting, this.#over));
      return promise;
    }
    if (first) this.#waiting.unshift(waiting);
    else this.#waiting.push(waiting);
    this.#next();
    return promise;
  }

  /** The command under way with this request id, if there is one. */
  commandOf(request: string | number | undefined): string | undefined {
    const { wanted, request: underWay } = this.#underWay ?? {};
    return wanted?.type === 'command' && request !== undefined && request === underWay ? wanted.name : undefined;
  }

  /** How many have no answer yet. */
  get pending(): number {
    return this.#waiting.length + (this.#underWay === undefined ? 0 : 1);
  }

  /** Withdraws the requests not sent yet: they reject with the reason `withdrawn`. @returns how many */
  withdraw(): number {
    const stays = ({ first, again }: Waiting) => first || again;
    const withdrawn = this.#waiting.filter((waiting) => !stays(waiting));
    this.#waiting = this.#waiting.filter(stays);
    for (const one of withdrawn) one.reject(new RequestError('withdrawn', about(one), `'${about(one)}' was not sent.`));
    return withdrawn.length;
  }

  /** There is a session: sends the queue. */
  open(): void {
    this.#open = true;
    this.#next();
  }

  /** The session is lost. */
  lost(): void {
    this.#open = false;
    this.#resting = false;
    this.#asking = false;
    this.#cancelTimer();
    const inDoubt = this.#underWay;
    this.#underWay = undefined;
    const useless = this.#waiting.filter(({ first }) => first);
    this.#waiting = this.#waiting.filter(({ first }) => !first);
    if (inDoubt?.wanted.type === 'message') {
      inDoubt.again = true;
      this.#waiting.unshift(inDoubt);
    } else if (inDoubt !== undefined) useless.push(inDoubt);
    for (const one of useless) one.reject(lost(one));
  }

  /** The conversation has ended. @param why the reason, as one word */
  end(why: string): void {
    this.#open = false;
    this.#over = why;
    this.#cancelTimer();
    const left = [...(this.#underWay === undefined ? [] : [this.#underWay]), ...this.#waiting];
    this.#underWay = undefined;
    this.#waiting = [];
    for (const one of left) one.reject(closed(one, why));
  }

  /** The server answered a request. */
  answered({ type, request, ...answer }: Extract<ServerEvent, { type: 'answer' }>): void {
    if (this.#underWay?.request !== request) return;
    this.#rateTime = RATE_TIME.first;
    this.#take()?.resolve(answer);
    this.#next();
  }

  /** The server refused a request; without an id, it is the one under way. */
  refused({ reason, about, request, message }: Extract<ServerEvent, { type: 'error' }>): void {
    if (request !== undefined && this.#underWay?.request !== request) return;
    const refused = this.#take();
    if (refused === undefined) return;
    // It crossed a question that a plugin asked on its own, and was not run.
    if (reason === 'unexpected' && this.#asked) {
      this.#waiting.unshift(refused);
      this.#next();
      return;
    }
    if (reason === 'rate') {
      this.#waiting.unshift(refused);
      this.#resting = true;
      this.#cancelTimer = this.#host.clock.after(this.#rateTime, () => {
        this.#resting = false;
        this.#next();
      });
      this.#rateTime = Math.min(this.#rateTime * 2, RATE_TIME.longest);
      return;
    }
    refused.reject(new RequestError(reason, about, `The server answered: error ${reason} ${about}`, message));
    this.#next();
  }

  /** A question is open, from the request under way or on its own: nothing else is sent, and there is no timeout. */
  asked(): void {
    this.#asking = true;
    this.#asked = true;
    this.#cancelTimer();
  }

  /** The question was answered: requests continue. */
  told(): void {
    this.#asking = false;
    if (this.#underWay !== undefined) this.#awaitAnswer();
    else this.#next();
  }

  #awaitAnswer(): void {
    this.#cancelTimer();
    this.#cancelTimer = this.#host.clock.after(ANSWER_TIME, () => this.#host.silent());
  }

  #take(): Waiting | undefined {
    this.#cancelTimer();
    const taken = this.#underWay;
    this.#underWay = undefined;
    return taken;
  }

  #next(): void {
    if (!this.#open || this.#resting || this.#asking || this.#underWay !== undefined) return;
    const next = this.#waiting.shift();
    if (next === undefined) return;
    this.#underWay = next;
    this.#asked = false;
    this.#awaitAnswer();
    const { wanted, request, again } = next;
    const key = wanted.type === 'message' && { key: `${this.#host.id}-${request}`, ...(again && { again }) };
    this.#host.send({ ...wanted, request, ...key });
  }
}

function lost(waiting: Waiting): RequestError {
  const sentence = `The connection was lost before '${about(waiting)}' was answered; it may have been done.`;
  return new RequestError('lost', about(waiting), sentence);
}

function closed(waiting: Waiting, why: string): RequestError {
  const sentence = `'${about(waiting)}' was not answered: the conversation is over (${why}).`;
  return new RequestError('closed', about(waiting), sentence);
}

function about({ wanted }: Waiting): string {
  return wanted.type === 'command' ? wanted.name : 'message';
}
