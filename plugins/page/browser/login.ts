import { blockedReason, closedReason, lostReason, nameProblem, type State } from 'chatserv/client';
import { countDown } from './countdown.ts';
import { byId } from './dom.ts';
import { loginProblemInWords } from './words.ts';

/** The values of the form. */
export interface Credentials {
  readonly name: string;
  /** Undefined for a guest. */
  readonly password: string | undefined;
  readonly register: boolean;
  /** The code of an invitation to register with. */
  readonly invitation: string | undefined;
  /** Whether to come in as a guest. */
  readonly guest: boolean;
  /** Whether to close another session of the account. */
  readonly takeover: boolean;
  /** Whether to stay logged in on the device. */
  readonly stay: boolean;
}

/** The form for logging in and registering. */
export class LoginView {
  readonly #view = byId('login', HTMLElement);
  readonly #form = byId('login-form', HTMLFormElement);
  readonly #name = byId('login-name', HTMLInputElement);
  readonly #password = byId('login-password', HTMLInputElement);
  readonly #stay = byId('login-stay', HTMLInputElement);
  readonly #show = byId('login-show', HTMLButtonElement);
  readonly #submit = byId('login-submit', HTMLButtonElement);
  readonly #problem = byId('login-problem', HTMLElement);
  readonly #invited = byId('login-invitation', HTMLElement);
  readonly #hints = [byId('login-name-hint', HTMLElement), byId('login-password-hint', HTMLElement)];
  #registers = false;
  /** Whether the last attempt was as a guest. */
  #isGuest = false;
  #invitation: string | undefined;
  /** Whether the values were right but another session is open: the next attempt closes it. */
  #takesOver = false;
  #endCountdown = () => {};

  /** @param send called with the values */
  constructor(send: (credentials: Credentials) => void) {
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (this.#submit.disabled) return;
      const [name, password] = [this.#name.value.trim(), this.#password.value];
      if (name === '') return this.#complain('Please fill in a name.', this.#name);
      if (password === '') return this.#complain('Please fill in a password.', this.#password);
      this.#complain('');
      const takeover = this.#takesOver;
      this.#isGuest = false;
      this.#offerTakeover(false);
      this.#busy(true);
      const [register, invitation] = [this.#registers, this.#registers ? this.#invitation : undefined];
      send({ name, password, register, invitation, guest: false, takeover, stay: this.#stay.checked });
    });
    byId('login-guest', HTMLButtonElement).addEventListener('click', () => {
      const name = this.#name.value.trim();
      if (name === '') return this.#complain('Please fill in a name.', this.#name);
      this.#complain('');
      this.#isGuest = true;
      this.#busy(true);
      const none = { password: undefined, register: false, invitation: undefined, takeover: false, stay: false };
      send({ name, guest: true, ...none });
    });
    for (const input of [this.#name, this.#password]) {
      input.addEventListener('input', () => this.#takesOver && this.#offerTakeover(false));
    }
    byId('login-other', HTMLButtonElement).addEventListener('click', () => {
      this.#turn(!this.#registers);
      this.#complain('');
      (this.#name.value === '' ? this.#name : this.#password).focus();
    });
    this.#show.addEventListener('click', () => this.#reveal(this.#password.type === 'password'));
  }

  /** Shows the form without passwords. @param problem why, in a sentence */
  show(name = '', problem = ''): void {
    this.#view.hidden = false;
    this.#turn(false);
    this.#busy(false);
    this.#password.value = '';
    this.#name.value = name;
    (this.#name.value === '' ? this.#name : this.#password).focus();
    this.#complain(problem);
  }

  /** Offers a new account to somebody who was invited. @param sentence who invites, if that is known */
  invite(code: string, sentence: string | undefined): void {
    this.#invitation = code;
    this.#invited.textContent = sentence ?? 'You are invited to this chat.';
    this.#invited.hidden = false;
    this.#turn(true);
  }

  hide(): void {
    this.#view.hidden = true;
    this.#invitation = undefined;
    this.#invited.hidden = true;
    this.#password.value = '';
    this.#reveal(false);
    this.#endCountdown();
  }

  /** A login failed. */
  failed(state: Extract<State, { state: 'closed' | 'lost' }>): void {
    this.#busy(false);
    if (state.state === 'lost') {
      this.#complain(`${lostReason(state.why)} Please try again in a moment.`, this.#submit);
    } else if (state.why === 'blocked') {
      this.#blocked(state.seconds ?? 1);
    } else if (state.why === 'refused') {
      this.#refused(state);
    } else {
      this.#complain(closedReason(state), this.#submit);
    }
  }

  #refused(state: Extract<State, { state: 'closed' }>): void {
    this.#offerTakeover(state.because === 'connected' && state.reason === 'takeover');
    const name = this.#name.value.trim();
    if (this.#isGuest && state.question === 'password') {
      this.#complain(`${nameProblem('taken')} If it is yours, log in instead.`, this.#name);
      return;
    }
    const problem = loginProblemInWords(state, name, this.#registers);
    this.#complain(problem, this.#takesOver ? this.#submit : this.#fieldOf(state.question));
  }

  #offerTakeover(offered: boolean): void {
    this.#takesOver = offered;
    this.#busy(false);
  }

  /** The field to correct. */
  #fieldOf(question: string | undefined): HTMLElement {
    if (question === 'new-password' || (question === 'password' && !this.#registers)) return this.#password;
    return question === 'username' || question === 'register' || question === 'password' ? this.#name : this.#submit;
  }

  #blocked(seconds: number): void {
    this.#submit.disabled = true;
    // Announced once, not each second: every change of an alert is read out.
    this.#problem.removeAttribute('role');
    this.#endCountdown = countDown(
      seconds,
      (left) => this.#say(blockedReason(left, this.#registers)),
      () => {
        this.#busy(false);
        this.#complain('You can try again now.', this.#password);
      },
    );
    this.#problem.tabIndex = -1;
    this.#problem.focus();
  }

  #busy(busy: boolean): void {
    this.#endCountdown();
    this.#submit.disabled = busy;
    const label = this.#registers ? 'Make the account' : this.#takesOver ? 'Log in here instead' : 'Log in';
    this.#submit.textContent = busy ? 'One moment …' : label;
  }

  #turn(registers: boolean): void {
    this.#registers = registers;
    this.#takesOver = false;
    this.#password.autocomplete = registers ? 'new-password' : 'current-password';
    byId('login-other-text', HTMLElement).textContent = registers ? 'Already have an account?' : 'New here?';
    byId('login-other', HTMLButtonElement).textContent = registers ? 'Log in' : 'Make an account';
    for (const hint of this.#hints) hint.hidden = !registers;
    this.#busy(false);
  }

  #reveal(visible: boolean): void {
    this.#password.type = visible ? 'text' : 'password';
    this.#show.textContent = visible ? 'Hide' : 'Show';
    this.#show.setAttribute('aria-pressed', String(visible));
  }

  #complain(problem: string, field?: HTMLElement): void {
    this.#endCountdown();
    this.#problem.setAttribute('role', 'alert');
    this.#say(problem);
    for (const input of [this.#name, this.#password]) {
      if (input === field && problem !== '') input.setAttribute('aria-invalid', 'true');
      else input.removeAttribute('aria-invalid');
    }
    field?.focus();
    if (field instanceof HTMLInputElement) field.select();
  }

  #say(problem: string): void {
    this.#problem.textContent = problem;
    this.#problem.hidden = problem === '';
  }
}
