import { ClientDevice, type DeviceOptions } from './client-device.ts';
import type { Memory, Seen, Step } from './owner.ts';

/** Who to log in as. A remembered token is tried first, then the password; without either the owner is asked. */
export interface LoginOptions {
  readonly name: string;
  readonly password?: string | undefined;
  /** Whether to register the name if it is new. */
  readonly register?: boolean | undefined;
  /** The code of an invitation to register with. */
  readonly invitation?: string | undefined;
  /** Whether to come in as a guest, without a password. */
  readonly guest?: boolean | undefined;
  /** Whether the first login may close another session of the account. Reconnects never do. */
  readonly takeover?: boolean | undefined;
}

/** A login that needs no questions. */
type Beginning = (
  | { readonly type: 'resume'; readonly token: string; readonly takeover?: true }
  | Extract<Step, { readonly type: 'login' | 'register' | 'guest' }>
) & { readonly device?: string };

/** Whether a question is for the password of the account: a plugin may ask for another one. */
function isPassword(question: string): boolean {
  return question === 'password' || question === 'new-password';
}

/** What a conversation logs in with: its options, its owner's answers, and the server's token. */
export class Credentials {
  readonly #memory: Memory | undefined;
  readonly device: ClientDevice;
  #login: LoginOptions | undefined;
  #token: string | undefined;
  /** The user name, once logged in. */
  name: string | undefined;

  /** @throws TypeError when no device can have the name that is given */
  constructor(login: LoginOptions | undefined, memory: Memory | undefined, device: DeviceOptions | undefined) {
    const remembered = login && memory?.recall(login.name);
    this.#login = login;
    this.#memory = memory;
    this.#token = remembered?.token;
    this.device = new ClientDevice(device, remembered?.device);
  }

  /** The login to begin with; undefined if the owner must be asked. */
  get beginning(): Beginning | undefined {
    // Only once: otherwise two devices that reconnect would take over from each other for ever.
    const takeover = this.#login?.takeover && this.name === undefined && { takeover: true as const };
    const device = this.device.name;
    const named = device !== undefined && { device };
    const more = { ...takeover, ...named };
    if (this.#token !== undefined) return { type: 'resume', token: this.#token, ...more };
    const { name, password, register, invitation, guest } = this.#login ?? {};
    if (guest && name !== undefined) return { type: 'guest', name, ...named };
    if (name === undefined || password === undefined) return undefined;
    if (!register) return { type: 'login', name, password, ...more };
    return { type: 'register', name, password, ...(invitation !== undefined && { invitation }), ...more };
  }

  /** Stores an answer of the owner, for the next login. */
  answered(question: string, step: Step): void {
    if (step.type === 'guest') {
      this.#login = { name: step.name, guest: true };
    } else if (step.type !== 'answer') {
      const { name, password, invitation } = step;
      this.#login = { name, password, register: step.type === 'register', invitation };
    } else if (question === 'username') this.#login = { name: step.text };
    else if (isPassword(question) && this.#login) this.#login = { ...this.#login, password: step.text };
  }

  /** The login succeeded. @returns how far this account's messages were read, if that is remembered */
  welcomed(name: string): Seen | undefined {
    this.name = name;
    // The name is registered now: the next time this is a login.
    if (this.#login !== undefined) this.#login = { ...this.#login, register: false };
    return this.#memory?.recall(name)?.seen;
  }

  /** The user has another name, and is remembered under that one. @returns it */
  renamed(name: string, seen: Seen): string {
    // Somebody else may have the old name later.
    if (this.name !== undefined)
      this.#memory?.remember(this.name, { token: undefined, seen: undefined, device: undefined });
    this.name = name;
    if (this.#login !== undefined) this.#login = { ...this.#login, name };
    this.remember(seen);
    return name;
  }

  /** Replaces the token, or removes it. */
  renew(token: string | undefined, seen: Seen): void {
    this.#token = token;
    this.remember(seen);
  }

  /** Remembers the token and, once logged in, the position. */
  remember(seen: Seen): void {
    const name = this.name ?? this.#login?.name;
    if (name === undefined || this.#memory === undefined) return;
    const known = this.name === undefined ? this.#memory.recall(name)?.seen : seen;
    this.#memory.remember(name, { token: this.#token, seen: known, device: this.device.name });
  }
}
