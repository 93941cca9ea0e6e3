import { type Ask, isSecret, type Step } from '../owner.ts';
import { answerProblem, loginProblem } from '../reasons.ts';
import { promptOf } from './messages.ts';

/** What was given on the command line. */
export interface Given {
  readonly name?: string | undefined;
  readonly password?: string | undefined;
  /** Whether to register a new name without asking. */
  readonly register: boolean;
  /** The code of an invitation. */
  readonly invitation?: string | undefined;
  /** Whether to come in as a guest without asking. */
  readonly guest?: boolean | undefined;
}

/** The person at the terminal. */
export interface LoginHost {
  ask(prompt: string, hidden: boolean): Promise<string | undefined>;
  say(text: string): void;
}

/** The login at a terminal, one question at a time. Answers from the command line are not asked for. */
export class Login {
  readonly #host: LoginHost;
  #name: string | undefined;
  #password: string | undefined;
  #invitation: string | undefined;
  readonly #register: boolean;
  readonly #guest: boolean;
  /** The given answers that have been tried: the next time, the person is asked. */
  #used = { name: false, password: false };
  #declined = false;
  #newPassword: string | undefined;

  constructor(host: LoginHost, given: Given) {
    this.#host = host;
    this.#name = given.name;
    this.#password = given.password;
    this.#invitation = given.invitation;
    this.#register = given.register;
    this.#guest = given.guest ?? false;
  }

  /** The name given or typed last. */
  get name(): string | undefined {
    return this.#name;
  }

  /** Answers a question of the server. @returns undefined when the person wants to quit */
  async answer(ask: Ask): Promise<Step | undefined> {
    const text = await this.#answerTo(ask);
    if (typeof text === 'object') return text;
    return text === undefined ? undefined : { type: 'answer', text };
  }

  async #answerTo(ask: Ask): Promise<string | Step | undefined> {
    const { question, because } = ask;
    switch (question) {
      case 'username':
        return this.#username(ask);
      case 'password':
        if (because === 'wrong') this.#host.say(answerProblem(ask));
        if (this.#password === undefined || this.#used.password) {
          this.#password = await this.#host.ask(`Password for ${this.#name ?? 'the account'}: `, true);
        }
        this.#used.password = true;
        return this.#password;
      case 'register':
        return this.#guest ? 'n' : this.#registration();
      case 'guest':
        return this.#asGuest();
      case 'new-password':
        return this.#newPasswordFor(ask);
      case 'new-password-again':
        this.#password = this.#used.password ? await this.#host.ask('Repeat the password: ', true) : this.#password;
        return this.#password;
      default:
        if (because !== '') this.#host.say(answerProblem(ask));
        return this.#host.ask(promptOf(question), isSecret(ask));
    }
  }

  async #username(ask: Ask): Promise<string | Step | undefined> {
    const { because, reason } = ask;
    const [name, password] = [this.#name, this.#password];
    if (because === 'registered' || (because === 'start' && this.#used.name)) {
      // Known from the registration, or from a connection that was lost.
      if (name !== undefined && password !== undefined) return { type: 'login', name, password };
    }
    if (because !== 'start' && !this.#declined) this.#host.say(loginProblem(ask, name ?? ''));
    if (because === 'connected') {
      if (reason === 'takeover' && name !== undefined && password !== undefined) return this.#takeover(name, password);
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

  async #registration(): Promise<string | Step | undefined> {
    if (this.#register) return this.#registerOr('y');
    const answer = await this.#host.ask(`There is no account “${this.#name}”. Register it? [y/N] `, false);
    const yes = isYes(answer);
    this.#declined = !yes;
    return answer === undefined ? undefined : yes ? this.#registerOr('y') : 'n';
  }

  async #asGuest(): Promise<string | undefined> {
    if (this.#guest) return 'y';
    const answer = await this.#host.ask(`Come in as a guest, as “${this.#name}[guest]”? [y/N] `, false);
    this.#declined = !isYes(answer);
    return answer === undefined ? undefined : isYes(answer) ? 'y' : 'n';
  }

  /** Registers at once where there is an invitation: a server that requires none does not ask for it. */
  async #registerOr(answer: string): Promise<string | Step | undefined> {
    const [name, invitation] = [this.#name, this.#invitation];
    if (name === undefined || invitation === undefined) return answer;
    this.#invitation = undefined;
    const password = this.#used.password ? undefined : this.#password;
    this.#used.password = true;
    this.#password = password ?? (await this.#choosePassword());
    return this.#password === undefined ? undefined : { type: 'register', name, password: this.#password, invitation };
  }

  async #choosePassword(): Promise<string | undefined> {
    for (;;) {
      const password = await this.#host.ask('New password: ', true);
      if (password === undefined) return undefined;
      const again = await this.#host.ask('Repeat the password: ', true);
      if (again === undefined || again === password) return again;
      this.#host.say('The passwords do not match.');
    }
  }

  async #newPasswordFor(ask: Ask): Promise<string | undefined> {
    if (ask.because !== '') this.#host.say(answerProblem(ask));
    else if (this.#newPassword !== undefined) this.#host.say('The passwords do not match.');
    // A given password is used for one attempt, both times it asks.
    if (this.#password !== undefined && !this.#used.password && this.#newPassword === undefined) {
      this.#newPassword = this.#password;
      return this.#password;
    }
    this.#used.password = true;
    this.#newPassword = await this.#host.ask('New password: ', true);
    return this.#newPassword;
  }
}

function isYes(answer: string | undefined): boolean {
  return /^\s*y(es)?\s*$/i.test(answer ?? '');
}
