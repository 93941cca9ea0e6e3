import { type Codec, EVERYONE, type Message } from 'chatserv';
import type { Client } from '../client.ts';
import { nickOf } from '../names.ts';
import { serializeTags } from '../wire/tags.ts';

/** A rendered message: for everyone, or around the recipient's name. */
type Text = ReturnType<Codec['message']>;

/** The capability of clients that fetch what they have missed by themselves. */
const FETCHES = 'draft/chathistory';

/**
 * What a client has missed, which it is sent after its login: in a batch for each conversation, where it can tell batches;
 * not at all, where it fetches by itself what the server keeps.
 */
export class CatchUp {
  readonly #client: Client;
  /** The references of the open batches, by target. */
  readonly #batches = new Map<string, string>();

  constructor(client: Client) {
    this.#client = client;
  }

  /** Renders a message for this client only. @param render renders it as for any other */
  render(message: Message, render: () => Text): string {
    const client = this.#client;
    if (client.has(FETCHES) && client.irc.history !== undefined) return '';
    const rendered = render();
    const text = typeof rendered === 'string' ? rendered : rendered.join(client.recipient(message));
    return text === '' || !client.has('batch') ? text : inBatch(text, this.#batchFor(this.#target(message)));
  }

  /** Ends the batches. @returns the lines that say so */
  end(): string {
    const client = this.#client;
    const lines = [...this.#batches.values()].map((batch) => client.text({ command: 'BATCH', params: [`-${batch}`] }));
    this.#batches.clear();
    return lines.join('');
  }

  /** Where the client shows a message: a channel, or a conversation with somebody. */
  #target(message: Message): string {
    const client = this.#client;
    if (message.roomName !== '') return `#${message.roomName}`;
    if (message.room === EVERYONE) return client.irc.options.everyone || client.nick;
    return message.from.id === client.account.id ? client.recipient(message) : nickOf(message.from);
  }

  #batchFor(target: string): string {
    const known = this.#batches.get(target);
    if (known !== undefined) return known;
    const client = this.#client;
    const batch = client.nextBatch();
    this.#batches.set(target, batch);
    client.sendText(client.text({ command: 'BATCH', params: [`+${batch}`, 'chathistory', target] }));
    return batch;
  }
}

/** Puts lines into a batch, but for those that are in another one. */
function inBatch(text: string, batch: string): string {
  const tag = serializeTags(new Map([['batch', batch]]));
  return text.replace(/^(?:@(\S*) )?(?=.)/gm, (_, tags?: string) => {
    if (tags === undefined) return `@${tag} `;
    return /(?:^|;)batch=/.test(tags) ? `@${tags} ` : `@${tag};${tags} `;
  });
}
