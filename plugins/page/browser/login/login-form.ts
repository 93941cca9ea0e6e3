import { batch, signal } from '@preact/signals';
import { blockedReason, closedReason, lostReason, nameProblem, type State } from 'chatserv/client';
import { countDown } from '../model/countdown.ts';
import { loginProblemInWords } from '../model/words.ts';

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

/** What the form says, and whether it is announced: a countdown is announced once, not each second. */
interface Problem {
  readonly text: string;
  readonly isAnnounced: boolean;
}

/** What can have the focus. */
export type Field = 'name' | 'password' | 'submit' | 'problem';

const NONE: Problem = { text: '', isAnnounced: true };

/** The state of the form for logging in and registering. */
export class LoginForm {
  /** Whether it registers. */
  readonly registers = signal(false);
  /** Whether the values were right but another session is open: the next attempt closes it. */
  readonly takesOver = signal(false);
  readonly isBusy = signal(false);
  readonly isBlocked = signal(false);
  readonly problem = signal(NONE);
  /** The field that is wrong. */
  readonly wrong = signal<Field | undefined>(undefined);
  /** Who invites, in a sentence. */
  readonly invited = signal<string | undefined>(undefined);
  /** The name to begin with. */
  readonly name = signal('');
  /** What gets the focus next; a new object each time. */
  readonly focus = signal<{ readonly field: Field } | undefined>(undefined);
  /** Rises when the passwords must be emptied. */
  readonly emptied = signal(0);
  readonly #send: (credentials: Credentials) => void;
  #lastName = '';
  /** Whether the last attempt was as a guest. */
  #isGuest = false;
  #invitation: string | undefined;
  #endCountdown = () => {};

  /** @param send called with the values */
  constructor(send: (credentials: Credentials) => void) {
    this.#send = send;
  }

  /** Starts anew. @param problem why, in a sentence */
  open(name = '', problem = ''): void {
    batch(() => {
      this.turn(false);
      this.emptied.value++;
      this.name.value = name;
      this.#complain(problem);
      this.focus.value = { field: name === '' ? 'name' : 'password' };
    });
  }

  /** Offers a new account to somebody who was invited. @param sentence who invites, if that is known */
  invite(code: string, sentence: string | undefined): void {
    this.#invitation = code;
    this.invited.value = sentence ?? 'You are invited to this chat.';
    this.turn(true);
  }

  /** The login has succeeded. */
  close(): void {
    this.#invitation = undefined;
    this.invited.value = undefined;
    this.emptied.value++;
    this.#endCountdown();
  }

  submit(name: string, password: string, stay: boolean): void {
    if (this.isBusy.value || this.isBlocked.value) return;
    if (name === '' || password === '') {
      const field = name === '' ? 'name' : 'password';
      this.#complain(`Please fill in a ${field}.`, field);
      return;
    }
    const [register, takeover] = [this.registers.value, this.takesOver.value];
    this.#attempt(name, false);
    const invitation = register ? this.#invitation : undefined;
    this.#send({ name, password, register, invitation, guest: false, takeover, stay });
  }

  enterAsGuest(name: string): void {
    if (name === '') {
      this.#complain('Please fill in a name.', 'name');
      return;
    }
    this.#attempt(name, true);
    const none = { password: undefined, register: false, invitation: undefined, takeover: false, stay: false };
    this.#send({ name, guest: true, ...none });
  }

  /** The user types: what is filled in anew is another attempt. */
  typed(): void {
    this.takesOver.value = false;
  }

  /** Switches between logging in and registering. */
  turn(registers: boolean): void {
    this.#endCountdown();
    this.registers.value = registers;
    this.takesOver.value = false;
    this.isBusy.value = false;
    this.isBlocked.value = false;
  }

  /** The user switches. @param name as filled in */
  choose(registers: boolean, name: string): void {
    this.turn(registers);
    this.#complain('');
    this.focus.value = { field: name === '' ? 'name' : 'password' };
  }

  /** A login failed. */
  failed(state: Extract<State, { state: 'closed' | 'lost' }>): void {
    this.isBusy.value = false;
    if (state.state === 'lost') {
      this.#complain(`${lostReason(state.why)} Please try again in a moment.`, 'submit');
    } else if (state.why === 'blocked') {
      this.#blocked(state.seconds ?? 1);
    } else if (state.why === 'refused') {
      this.#refused(state);
    } else {
      this.#complain(closedReason(state), 'submit');
    }
  }

  #attempt(name: string, isGuest: boolean): void {
    this.#complain('');
    this.#lastName = name;
    this.#isGuest = isGuest;
    this.takesOver.value = false;
    this.isBusy.value = true;
  }

  #refused(state: Extract<State, { state: 'closed' }>): void {
    this.takesOver.value = state.because === 'connected' && state.reason === 'takeover';
    if (this.#isGuest && state.question === 'password') {
      this.#complain(`${nameProblem('taken')} If it is yours, log in instead.`, 'name');
      return;
    }
    const problem = loginProblemInWords(state, this.#lastName, this.registers.value);
    this.#complain(problem, this.takesOver.value ? 'submit' : this.#fieldOf(state.question));
  }

  /** The field to correct. */
  #fieldOf(question: string | undefined): Field {
    if (question === 'new-password' || (question === 'password' && !this.registers.value)) return 'password';
    return question === 'username' || question === 'register' || question === 'password' ? 'name' : 'submit';
  }

  #blocked(seconds: number): void {
    this.#endCountdown();
    this.isBlocked.value = true;
    this.#endCountdown = countDown(
      seconds,
      (left) => {
        this.problem.value = { text: blockedReason(left, this.registers.value), isAnnounced: false };
      },
      () => {
        this.isBlocked.value = false;
        this.#complain('You can try again now.', 'password');
      },
    );
    this.focus.value = { field: 'problem' };
  }

  #complain(text: string, field?: Field): void {
    this.#endCountdown();
    this.problem.value = { text, isAnnounced: true };
    this.wrong.value = text === '' ? undefined : field;
    if (field !== undefined) this.focus.value = { field };
  }
}
