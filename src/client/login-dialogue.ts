import type { Link } from './connections.ts';
import type { Credentials } from './credentials.ts';
import type { Ask, Step } from './owner.ts';

/** What the dialogue needs of the conversation. */
export interface LoginDialogueHost {
  readonly credentials: Credentials;
  /** The present connection. */
  link(): Link | undefined;
  send(event: object): void;
  /** Has the owner answer a question. */
  ask(question: Ask): Promise<Step | undefined>;
  /** Makes another connection: there is an answer, and none to say it on. */
  connect(): void;
  /** It cannot be now, and may be later. */
  lost(why: string): void;
  /** Another session of the account is there, and this one has proved that it may take over: it was replaced. */
  replaced(): void;
  /** The server does not know the token any more. */
  forgotten(): void;
  /** The owner answers no more. */
  refused(question: Ask): void;
}

/** The login on one connection after the other: with what is known, and for what is not, with the owner. */
export class LoginDialogue {
  readonly #host: LoginDialogueHost;
  /** What it was begun with, without the owner being asked. */
  #trying: 'resume' | 'login' | 'register' | undefined;
  /** Whether the attempt before was lost without an answer, so that it may have come to a session. */
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

  /** The server wants something else than it was told. */
  asked(ask: Ask, link: Link): void {
    const trying = this.#trying;
    this.#trying = undefined;
    const { because, reason } = ask;
    // The server may not know yet that the connection before is lost, or it was too much for it.
    const mayBeOwn = this.#host.credentials.name !== undefined || this.#wasLost;
    const isOnline = because === 'connected' || (trying === 'register' && reason === 'taken');
    if (trying === 'resume' && reason === 'takeover') {
      this.#host.replaced();
    } else if (trying !== undefined && because === 'rate') {
      this.#host.lost(because);
    } else if (trying !== undefined && isOnline && mayBeOwn) {
      this.#host.lost('connected');
    } else if (trying === 'resume' && ask.question === 'username') {
      this.#host.forgotten();
      this.begin(link);
    } else {
      void this.#ask(ask, link);
    }
  }

  /** When the connection goes while the owner thinks, another is made once there is an answer. */
  async #ask(ask: Ask, link: Link): Promise<void> {
    this.asking = true;
    const step = await this.#host.ask(ask);
    this.asking = false;
    if (step === undefined) {
      this.#host.refused(ask);
      return;
    }
    this.#host.credentials.answered(ask.question, step);
    const present = this.#host.link();
    if (link === present) this.#host.send({ ...step, request: 'login' });
    else if (present === undefined) this.#host.connect();
  }
}
