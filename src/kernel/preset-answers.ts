import type { Question } from '../api/codec.ts';

/** Causes of a question that don't reject an earlier answer. */
const NEUTRAL: ReadonlySet<string> = new Set(['', 'start', 'registered']);

/** The questions of the login dialogue; plugins may ask others in between. */
const LOGIN: ReadonlySet<string> = new Set(['username', 'password', 'register', 'new-password', 'new-password-again']);

/** The answers that a client sent with its login, before the questions. */
export class PresetAnswers {
  #answers: Readonly<Record<string, string>>;
  /** The answered questions, those of the dialogue each with its cause. */
  readonly #used = new Set<string>();

  constructor(answers: Readonly<Record<string, string>>) {
    this.#answers = answers;
  }

  /**
   * Answers a question once, one of the dialogue once for each cause. A question of the dialogue that has no answer here, or that rejects the
   * last one, goes to the client, and so does every question after it.
   * @param because why the question is asked
   */
  take(question: Question, because: string): string | undefined {
    const isDialogue = LOGIN.has(question);
    const answer = isDialogue && !NEUTRAL.has(because) ? undefined : this.get(question);
    // A plugin that asks again did not like the answer.
    const use = isDialogue ? `${question} ${because}` : question;
    if (answer !== undefined && !this.#used.has(use)) {
      this.#used.add(use);
      return answer;
    }
    // The device's name holds for the whole login, whatever is asked again.
    const { device } = this.#answers;
    if (isDialogue) this.#answers = device === undefined ? {} : { device };
    return undefined;
  }

  /** The answer to a question, asked or not. */
  get(question: Question): string | undefined {
    return Object.hasOwn(this.#answers, question) ? this.#answers[question] : undefined;
  }
}
