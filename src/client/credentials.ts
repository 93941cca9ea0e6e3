import type { Memory, Seen, Step } from './owner.ts';

/** Who to log in as. Without a password a remembered token is tried, and then the owner asked. */
export interface LoginOptions {
  readonly name: string;
  readonly password?: string | undefined;
  /** Whether the name may be registered, if it is new. */
  readonly register?: boolean | undefined;
  /** Whether the first login closes a session of the account that is there. */
  readonly takeover?: boolean | undefined;
}

/** What a login can be begun with, without anyone being asked. */
type Beginning =
  | { readonly type: 'resume'; readonly token: string; readonly takeover?: true }
  | Extract<Step, { readonly type: 'login' | 'register' }>;

/** Whether a question is for the password of the account: a plugin may ask for another one. */
function isPassword(question: string): boolean {
  return question === 'password' || question === 'new-password';
}

/** What a conversation logs in with: what it was given, what its owner answered, and the server's token. */
export class Credentials {
  readonly #memory: Memory | undefined;
  #login: LoginOptions | undefined;
  #token: string | undefined;
  /** Who this is, once it was welcomed. */
  name: string | undefined;

  constructor(login: LoginOptions | undefined, memory: Memory | undefined) {
    this.#login = login;
    this.#memory = memory;
    this.#token = login && memory?.recall(login.name)?.token;
  }

  /** How to begin, if the owner need not be asked. */
  get beginning(): Beginning | undefined {
    // Only once: two devices that come back by themselves would take over from each other for ever.
    const takeover = this.#login?.takeover && this.name === undefined && { takeover: true as const };
    if (this.#token !== undefined) return { type: 'resume', token: this.#token, ...takeover };
    const { name, password, register } = this.#login ?? {};
    if (name === undefined || password === undefined) return undefined;
    return { type: register ? 'register' : 'login', name, password, ...takeover };
  }

  /** Takes note of what the owner answered: the next time nobody need be asked. */
  answered(question: string, step: Step): void {
    if (step.type !== 'answer') {
      const { name, password } = step;
      this.#login = { name, password, register: step.type === 'register' };
    } else if (question === 'username') this.#login = { name: step.text };
    else if (isPassword(question) && this.#login) this.#login = { ...this.#login, password: step.text };
  }

  /** The server has welcomed this account. @returns what is remembered to have been seen of it */
  welcomed(name: string): Seen | undefined {
    this.name = name;
    // Who is registered logs in the next time.
    if (this.#login !== undefined) this.#login = { ...this.#login, register: false };
    return this.#memory?.recall(name)?.seen;
  }

  /** The token is another one now, or none. */
  renew(token: string | undefined, seen: Seen): void {
    this.#token = token;
    this.remember(seen);
  }

  /** Remembers the token, and what was seen; before the welcome that is as it was. */
  remember(seen: Seen): void {
    const name = this.name ?? this.#login?.name;
    if (name === undefined || this.#memory === undefined) return;
    const known = this.name === undefined ? this.#memory.recall(name)?.seen : seen;
    this.#memory.remember(name, { token: this.#token, seen: known });
  }
}
