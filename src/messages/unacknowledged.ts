import type { Message } from '../api/message.ts';
import type { MessageContext } from './context.ts';

/** The messages that one client was sent and has not acknowledged, bounded in number and size. */
export class Unacknowledged {
  readonly #context: Pick<MessageContext, 'limits'>;
  readonly #messages: Message[] = [];
  /** The length of their texts, in characters. */
  #text = 0;

  constructor(context: Pick<MessageContext, 'limits'>) {
    this.#context = context;
  }

  get first(): Message | undefined {
    return this.#messages[0];
  }

  get isFull(): boolean {
    const { unacknowledged, outboxBytes } = this.#context.limits;
    return this.#messages.length >= unacknowledged || this.#text >= outboxBytes;
  }

  add(message: Message): void {
    this.#messages.push(message);
    this.#text += message.text.length;
  }

  /** The client has every message up to this id. @returns the last of them, if any was unacknowledged */
  acknowledge(id: number): Message | undefined {
    const first = this.#messages.findIndex((message) => message.id > id);
    const had = this.#messages.splice(0, first < 0 ? this.#messages.length : first);
    for (const { text } of had) this.#text -= text.length;
    return had.at(-1);
  }
}
