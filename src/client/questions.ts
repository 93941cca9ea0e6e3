import type { Link } from './connections.ts';
import type { ServerEvent } from './json-events.ts';
import type { Ask, Step } from './owner.ts';
import type { Requests } from './requests.ts';

type AskEvent = Extract<ServerEvent, { type: 'ask' }>;

/** What the questions need from the conversation. */
export interface QuestionsHost {
  readonly requests: Requests;
  /** The current connection. */
  link(): Link | undefined;
  send(event: object): void;
  /** Asks the owner. */
  ask(question: Ask, gone: AbortSignal): Promise<Step | undefined>;
}

/** The questions of plugins after the login, in a command or on their own. */
export class Questions {
  readonly #host: QuestionsHost;

  constructor(host: QuestionsHost) {
    this.#host = host;
  }

  /** Asks the owner, and answers or cancels. An answer whose connection is gone is dropped. */
  async asked(event: AskEvent, link: Link): Promise<void> {
    const { requests } = this.#host;
    const request = event.request === undefined ? {} : { request: event.request };
    const command = requests.commandOf(event.request);
    requests.asked();
    const ask = { ...askOf(event), ...(command !== undefined && { command }) };
    const step = await this.#host.ask(ask, link.gone.signal);
    if (link !== this.#host.link()) return;
    this.#host.send({ ...(step ?? { type: 'cancel' }), ...request });
    requests.told();
  }
}

/** A question as the owner gets it. */
export function askOf({ question, because, reason, secret }: AskEvent): Ask {
  return { question, because, ...(reason !== undefined && { reason }), ...(secret !== undefined && { secret }) };
}
