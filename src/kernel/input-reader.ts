import type { Readable } from 'node:stream';
import type { Input, LineRead, Question } from '../api/codec.ts';
import { LineReader } from '../wire/line-reader.ts';
import type { ClientSession } from './client-session.ts';
import { SessionClosed } from './errors.ts';

const NO_INPUTS: readonly Input[] = [];

/** Reads the inputs of one client: its lines as its codec decodes them, within its limits. */
export class InputReader {
  readonly lines: LineReader;
  /** Whether the last line exceeded a rate, so that its commands are refused. The limit hit was counted. */
  throttled = false;
  readonly #session: ClientSession;
  /** The inputs of the last line, and how many of them were taken. */
  #inputs: readonly Input[] = NO_INPUTS;
  #taken = 0;
  #linesBeforeLogin = 0;

  constructor(stream: Readable, session: ClientSession) {
    this.#session = session;
    this.lines = new LineReader(stream, session.context, session);
  }

  /**
   * The client's next input; undefined while none has arrived, or while it has not read enough of its earlier answers.
   * Acknowledgements go to the feed.
   * @param question the question that is waiting for an answer. Too many lines, or too fast ones, close the session
   * then
   * @throws SessionClosed at the end of the input, or when the session is closed for exceeding a limit
   */
  next(question?: Question): Input | undefined {
    const { feed, outbox } = this.#session;
    for (;;) {
      for (let input = this.#take(); input !== undefined; input = this.#take()) {
        if (input.kind !== 'acknowledge') return input;
        feed.acknowledge(input.id);
      }
      if (outbox.full) return undefined;
      const line = this.lines.next();
      if (line !== undefined) this.#decode(line, question);
      else if (this.lines.done) throw new SessionClosed();
      else return undefined;
    }
  }

  /** Puts the inputs that the codec decides on now before the next one. */
  async decide(input: Extract<Input, { kind: 'later' }>): Promise<void> {
    this.#inputs = [...(await this.#session.clientCodec.decide(input)), ...this.#inputs.slice(this.#taken)];
    this.#taken = 0;
  }

  /** Resolves when `next` may have an input. Call it when that returned none. */
  arrival(): Promise<void> {
    const { outbox } = this.#session;
    return outbox.full ? outbox.room() : this.lines.arrival();
  }

  /** The next input of the last line. Releases the line after the last one: an idle session holds none. */
  #take(): Input | undefined {
    const input = this.#inputs[this.#taken++];
    if (this.#taken < this.#inputs.length) return input;
    this.#inputs = NO_INPUTS;
    this.#taken = 0;
    return input;
  }

  #decode(line: LineRead, question: Question | undefined): void {
    const session = this.#session;
    const { environment, limits } = session.context;
    session.clientCodec.choose(line);
    if (session.ended) return;
    const isLogin = session.account === undefined;
    if (isLogin && ++this.#linesBeforeLogin > limits.loginLines) this.#closeFor('too-many-lines');
    const judgement = this.lines.judge();
    if (judgement === 'too-fast' || (judgement !== 'run' && question !== undefined)) this.#closeFor('too-fast');
    this.#inputs = session.clientCodec.decode(line, question);
    const [only] = this.#inputs;
    // Acknowledgements respond to deliveries, and don't count against the rates.
    if (only?.kind === 'acknowledge' && this.#inputs.length === 1) {
      const isUseful = session.feed.acknowledge(only.id);
      this.lines.giveBack(isUseful && 'text' in line ? line.text.length + 1 : 0);
      this.#inputs = NO_INPUTS;
      return;
    }
    this.throttled = judgement !== 'run';
    if (judgement !== 'run') environment.counters.countLimitHit(judgement);
  }

  #closeFor(limit: string): never {
    this.#session.closeFor(limit);
    throw new SessionClosed();
  }
}
