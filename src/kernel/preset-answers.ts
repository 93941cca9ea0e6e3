import type { Question } from './codec.ts';

/** Why a question is put that finds no fault with an earlier answer. */
const NEUTRAL: ReadonlySet<string> = new Set(['', 'start', 'registered']);

/** The questions of the login dialogue itself; plugins may ask others in between. */
const DIALOGUE: ReadonlySet<Question> = new Set([
  'username',
  'password',
  'register',
  'new-password',
  'new-password-again',
]);

/** The answers that a client gave with its login, before the questions are put. */
export class PresetAnswers {
  #answers: Readonly<Record<string, string>>;
  /** The questions that were answered, each with what led to it. */
  readonly #used = new Set<string>();

  constructor(answers: Readonly<Record<string, string>>) {
    this.#answers = answers;
  }

  /**
   * Answers a question, once for each reason it is put. A question of the dialogue that has no answer, or that finds fault
   * with the last one, is the client's to answer, and so is everything after it.
   * @param because what led to the question
   */
  take(question: Question, because: string): string | undefined {
    const isDialogue = DIALOGUE.has(question);
    const answer = isDialogue && !NEUTRAL.has(because) ? undefined : this.get(question);
    const use = `${question} ${because}`;
    if (answer !== undefined && !this.#used.has(use)) {
      this.#used.add(use);
      return answer;
    }
    if (isDialogue) this.#answers = {};
    return undefined;
  }

  /** The answer to a question, whether or not it is put. */
  get(question: Question): string | undefined {
    return Object.hasOwn(this.#answers, question) ? this.#answers[question] : undefined;
  }
}
