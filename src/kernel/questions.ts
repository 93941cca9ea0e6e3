import type { Input, Question } from '../api/codec.ts';
import type { AskOptions } from '../api/session.ts';
import type { ClientSession } from './client-session.ts';
import { LoginRestarted, QuestionCancelled, SessionClosed } from './errors.ts';
import { PresetAnswers } from './preset-answers.ts';

/** Asks one client questions, one at a time. */
export class Questions {
  readonly #session: ClientSession;
  /** The answers that the client gave with its login, until that is over. */
  preset: PresetAnswers | undefined;
  /** Whether a question is waiting for its answer. */
  asking = false;
  /** How long questions have waited for their answers, in milliseconds. */
  waited = 0;
  /** Whether the client has polled during a question. */
  pollDeferred = false;

  constructor(session: ClientSession) {
    this.#session = session;
  }

  async ask(question: Question, { because = '', reason, secret }: AskOptions): Promise<string> {
    if (this.asking) throw new Error(`asked '${question}' while another question is open`);
    const preset = this.preset?.take(question, because);
    if (preset !== undefined) return preset;
    const details = { ...(reason !== undefined && { reason }), ...(secret !== undefined && { secret }) };
    this.#session.send({ kind: 'ask', question, because, ...details });
    this.asking = true;
    const began = performance.now();
    try {
      for (;;) {
        const input = this.#session.inputs.next(question);
        if (input?.kind === 'answer') return input.text;
        await (input === undefined ? this.#session.inputs.arrival() : this.#handleOther(input));
      }
    } catch (cause) {
      throw cause instanceof SessionClosed ? new SessionClosed(this.#session) : cause;
    } finally {
      this.asking = false;
      this.waited += performance.now() - began;
    }
  }

  /** Handles an input other than an answer. @throws when it ends the question */
  #handleOther(input: Input): Promise<void> | undefined {
    const session = this.#session;
    const isLogin = session.account === undefined;
    if (input.kind === 'login' && isLogin) {
      this.preset = new PresetAnswers(input.preset);
      throw new LoginRestarted(session);
    }
    if (input.kind === 'cancel' && !isLogin) throw new QuestionCancelled(session);
    if (input.kind === 'later') return session.inputs.decide(input);
    if (input.kind === 'reply') session.outbox.putAnswer(Buffer.from(input.text));
    else if (input.kind === 'poll') this.pollDeferred = true;
    else if (input.kind === 'invalid') session.send({ ...input, kind: 'error' });
    else session.send({ kind: 'error', reason: 'unexpected', about: input.kind });
    return undefined;
  }
}
