import type { Link } from './connections.ts';
import type { ServerEvent } from './json-events.ts';
import type { Ask, Step } from './owner.ts';
import type { Requests } from './requests.ts';

type AskEvent = Extract<ServerEvent, { type: 'ask' }>;

/** What the questions need of the conversation. */
export interface QuestionsHost {
  readonly requests: Requests;
  /** The present connection. */
  link(): Link | undefined;
  send(event: object): void;
  /** Has the owner answer a question. */
  ask(question: Ask, gone: AbortSignal): Promise<Step | undefined>;
}

/** What plugins ask after the login, in a command or right after it. */
export class Questions {
  readonly #host: QuestionsHost;

  constructor(host: QuestionsHost) {
    this.#host = host;
  }

  /** Has the owner answer, or cancels. An answer that nobody waits for any more goes nowhere. */
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

/** A question as its owner is asked it. */
export function askOf({ question, because, reason, secret }: AskEvent): Ask {
  return { question, because, ...(reason !== undefined && { reason }), ...(secret !== undefined && { secret }) };
}
