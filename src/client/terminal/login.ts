import { type Ask, isSecret, type Step } from '../owner.ts';
import { passwordProblem, promptOf } from './messages.ts';

/** What was given on the command line. */
export interface Given {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  /** Whether to register a new name without asking. */
  readonly register: boolean;
}

/** The person at the terminal. */
export interface LoginHost {
  ask(prompt: string, hidden: boolean): Promise<string | undefined>;
  say(text: string): void;
}

/** What is wrong with a name, for people. */
const NAME_REASONS: Readonly<Record<string, string>> = {
  empty: 'A name has 1 to 32 characters.',
  'too-long': 'A name has 1 to 32 characters.',
  characters: 'A name has letters, digits and some signs, and no blanks.',
  reserved: 'That name is reserved.',
  address: 'A name cannot be an IP address.',
  direction: 'All letters of a name must run in one direction.',
  'mixed-scripts': 'All letters of a name must be of one script.',
  'look-alike': 'That name looks like a registered one.',
  taken: 'That name is taken.',
};

/** The login at a terminal, one question at a time. Answers from the command line are not asked for. */
export class Login {
  readonly #host: LoginHost;
  #name: string | undefined;
  #password: string | undefined;
  readonly #register: boolean;
  /** The given answers that have been tried: the next time, the person is asked. */
  #used = { name: false, password: false };
  #declined = false;
  #newPassword: string | undefined;

  constructor(host: LoginHost, given: Given) {
    this.#host = host;
    this.#name = given.name;
    this.#password = given.password;
    this.#register = given.register;
  }

  /** Answers a question of the server. @returns undefined when the person wants to quit */
  async answer(ask: Ask): Promise<Step | undefined> {
    const text = await this.#answerTo(ask);
    if (typeof text === 'object') return text;
    return text === undefined ? undefined : { type: 'answer', text };
  }

  async #answerTo(ask: Ask): Promise<string | Step | undefined> {
    const { question, because, reason = '' } = ask;
    switch (question) {
      case 'username':
        return this.#username(because, reason);
      case 'password':
        if (because === 'wrong') this.#host.say('Wrong password.');
        if (this.#password === undefined || this.#used.password) {
          this.#password = await this.#host.ask(`Password of ${this.#name ?? 'the user'}: `, true);
        }
        this.#used.password = true;
        return this.#password;
      case 'register':
        return this.#registration();
      case 'new-password':
        return this.#newPasswordFor(because);
      case 'new-password-again':
        this.#password = this.#used.password ? await this.#host.ask('The same again: ', true) : this.#password;
        return this.#password;
      default:
        if (because !== '') this.#host.say(`${because}.`);
        return this.#host.ask(promptOf(question), isSecret(ask));
    }
  }

  async #username(because: string, reason: string): Promise<string | Step | undefined> {
    const [name, password] = [this.#name, this.#password];
    if (because === 'registered' || (because === 'start' && this.#used.name)) {
      // Known from the registration, or from a connection that was lost.
      if (name !== undefined && password !== undefined) return { type: 'login', name, password };
    }
    if (because === 'connected') {
      this.#host.say(`${name} is connected already, from somewhere else.`);
      if (reason === 'takeover' && name !== undefined && password !== undefined) return this.#takeover(name, password);
    } else if (because !== 'start' && !this.#declined) {
      this.#host.say(NAME_REASONS[reason] ?? 'There is no user with that name, and it cannot be registered.');
    }
    if (name === undefined || this.#used.name) this.#name = await this.#host.ask('Name: ', false);
    this.#used.name = true;
    this.#declined = false;
    return this.#name;
  }

  async #takeover(name: string, password: string): Promise<Step | undefined> {
    const yes = isYes(await this.#host.ask('Close that connection and log in here? [y/N] ', false));
    return yes ? { type: 'login', name, password, takeover: true } : undefined;
  }

  async #registration(): Promise<string | undefined> {
    if (this.#register) return 'y';
    const answer = await this.#host.ask(`There is no user ${this.#name} yet. Register? [y/N] `, false);
    const yes = isYes(answer);
    this.#declined = !yes;
    return answer === undefined ? undefined : yes ? 'y' : 'n';
  }

  async #newPasswordFor(because: string): Promise<string | undefined> {
    if (because !== '') this.#host.say(passwordProblem(because));
    else if (this.#newPassword !== undefined) this.#host.say('The passwords differ.');
    // A given password is used for one attempt, both times it asks.
    if (this.#password !== undefined && !this.#used.password && this.#newPassword === undefined) {
      this.#newPassword = this.#password;
      return this.#password;
    }
    this.#used.password = true;
    this.#newPassword = await this.#host.ask('A password for it: ', true);
    return this.#newPassword;
  }
}

function isYes(answer: string | undefined): boolean {
  return /^\s*y(es)?\s*$/i.test(answer ?? '');
}
