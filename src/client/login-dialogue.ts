import type { Link } from './connections.ts';
import type { Credentials } from './credentials.ts';
import type { Ask, Step } from './owner.ts';

/** What the dialogue needs from the conversation. */
export interface LoginDialogueHost {
  readonly credentials: Credentials;
  /** The current connection. */
  link(): Link | undefined;
  send(event: object): void;
  /** Asks the owner. */
  ask(question: Ask): Promise<Step | undefined>;
  /** Makes a new connection for an answer whose own is gone. */
  connect(): void;
  /** The login failed for now: try again later. */
  lost(why: string): void;
  /** The token is valid, but another session has taken over the account. */
  replaced(): void;
  /** The token is not valid any more. */
  forgotten(): void;
  /** The owner did not answer. */
  refused(question: Ask): void;
}

/** Logs in on each new connection: with known credentials, or by asking the owner. */
export class LoginDialogue {
  readonly #host: LoginDialogueHost;
  /** How the login was begun without asking the owner. */
  #trying: 'resume' | 'login' | 'register' | 'guest' | undefined;
  /** Whether the previous attempt was lost without an answer, so that it may have opened a session. */
  #wasLost = false;
  /** Whether the owner is being asked. */
  asking = false;

  constructor(host: LoginDialogueHost) {
    this.#host = host;
  }

  begin(link: Link): void {
    const { beginning } = this.#host.credentials;
    this.#wasLost = this.#trying !== undefined;
    this.#trying = beginning?.type;
    if (beginning !== undefined) this.#host.send({ ...beginning, request: 'login' });
    else void this.#ask({ question: 'username', because: 'start' }, link);
  }

  /** The server did not accept the login, and asks. */
  asked(ask: Ask, link: Link): void {
    const trying = this.#trying;
    this.#trying = undefined;
    const { because, reason } = ask;
    // The server may not have noticed yet that the previous connection is lost.
    const mayBeOwn = this.#host.credentials.name !== undefined || this.#wasLost;
    const isOnline = because === 'connected' || (trying === 'register' && reason === 'taken');
    if (trying === 'resume' && reason === 'takeover') {
      this.#host.replaced();
    } else if (trying !== undefined && because === 'rate') {
      this.#host.lost(because);
    } else if (trying !== undefined && isOnline && mayBeOwn) {
      this.#host.lost('connected');
    } else if (trying === 'login' && because === 'username' && this.#host.credentials.name !== undefined) {
      // The name is known: the server cannot look it up now.
      this.#host.lost('busy');
    } else if (trying === 'resume' && ask.question === 'username') {
      this.#host.forgotten();
      this.begin(link);
    } else if (because === 'connected' && this.#takesNextDevice()) {
      this.begin(link);
    } else {
      void this.#ask(ask, link);
    }
  }

  /** Turns to another device, because this one is connected already. @returns whether it can log in as another one */
  #takesNextDevice(): boolean {
    const { beginning, device } = this.#host.credentials;
    return beginning !== undefined && device.takeNext();
  }

  /** Asks the owner. If the connection is lost meanwhile, a new one is made for the answer. */
  async #ask(ask: Ask, link: Link): Promise<void> {
    this.asking = true;
    const step = await this.#host.ask(ask);
    this.asking = false;
    if (step === undefined) {
      this.#host.refused(ask);
      return;
    }
    const { credentials } = this.#host;
    credentials.answered(ask.question, step);
    const present = this.#host.link();
    if (link === present) this.#host.send({ ...withDevice(step, ask, credentials.device.name), request: 'login' });
    else if (present === undefined) this.#host.connect();
  }
}

/** A step of the login with this device's name. Only events that begin a login carry one: a name begins one, too. */
function withDevice(step: Step, { question }: Ask, device: string | undefined): object {
  if (device === undefined || (step.type === 'answer' && question !== 'username')) return step;
  return step.type === 'answer' ? { type: 'login', name: step.text, device } : { ...step, device };
}
