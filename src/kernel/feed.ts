import type { Dialect } from './dialect.ts';
import type { Hooks } from './hooks.ts';
import type { Logger } from './logger.ts';
import type { Message } from './message.ts';
import type { Session } from './session.ts';

/** Gives up to a page of a session's messages with ids above `after`, oldest first; none when there are no more. */
export type InboxReader = (after: number) => Promise<readonly Message[]>;

/** What a feed needs of the kernel. */
export interface FeedHost {
  readonly logger: Logger;
  /** The hooks of the live generation. */
  readonly hooks: Hooks;
}

/** A message, rendered once a dialect. */
export class Rendered {
  readonly message: Message;
  #dialect: Dialect | undefined;
  #bytes: Buffer | undefined;
  #others: Map<Dialect, Buffer> | undefined;

  constructor(message: Message) {
    this.message = message;
  }

  in(dialect: Dialect): Buffer {
    if (this.#bytes !== undefined && this.#dialect === dialect) return this.#bytes;
    if (this.#bytes === undefined) {
      this.#dialect = dialect;
      this.#bytes = Buffer.from(dialect.message(this.message));
      return this.#bytes;
    }
    this.#others ??= new Map();
    let bytes = this.#others.get(dialect);
    if (bytes === undefined) {
      bytes = Buffer.from(dialect.message(this.message));
      this.#others.set(dialect, bytes);
    }
    return bytes;
  }
}

/**
 * The messages that one session is given, in the order of their ids and none twice: from its inbox, where a plugin
 * reads one to it, until nothing is left there, and then live as they are said.
 */
export class Feed {
  readonly #session: Session;
  readonly #host: FeedHost;
  /** The greatest id that the session was given, or was decided never to be given. */
  #given = 0;
  /** Not from the start: what is said during a login stands behind what waited before it. */
  #live = false;
  /** The greatest id that came by while the feed was not live. */
  #missed = 0;
  #reading = false;
  /** Whether there is an inbox to read held messages from. */
  #hasInbox = false;

  constructor(session: Session, host: FeedHost) {
    this.#session = session;
    this.#host = host;
  }

  /** The login is done: without an inbox to read first, messages are given from here on. */
  open(): void {
    if (!this.#hasInbox) this.#live = true;
  }

  /** Offers a message that was just said. */
  offer(rendered: Rendered): void {
    const { id } = rendered.message;
    // What no inbox keeps is given now or never.
    if (id === 0) this.#give(rendered);
    else if (id <= this.#given) return;
    else if (this.#live) this.#give(rendered);
    else this.#missed = id;
  }

  /**
   * Gives what waits in the inbox, at the speed at which the client reads, and goes live after it. From the call on
   * nothing is given out of turn. While an earlier call is still reading, another does nothing.
   * @param cursor the id up to which the inbox was given before
   * @returns when the first page was given, so that what waited stands before the first answer, or when the client
   * does not read as fast as that
   */
  readOn(cursor: number, read: InboxReader): Promise<void> {
    if (this.#reading) return Promise.resolve();
    this.#reading = true;
    this.#hasInbox = true;
    this.#live = false;
    this.#given = Math.max(this.#given, cursor);
    return new Promise((resolve, reject) => {
      this.#readAll(read, resolve)
        .catch((cause: unknown) => {
          this.#host.logger.error(
            { session: this.#session.id, err: cause },
            'reading an inbox failed; it waits for fetch',
          );
          reject(cause);
        })
        .finally(() => {
          this.#reading = false;
          resolve();
        });
    });
  }

  /** The transport took the bytes of these messages. */
  taken(messages: readonly Message[]): void {
    const { onDelivered } = this.#host.hooks;
    if (!onDelivered.isUsed()) return;
    for (const message of messages) onDelivered.call(this.#session, message);
  }

  async #readAll(read: InboxReader, firstPageGiven: () => void): Promise<void> {
    for (;;) {
      const missed = this.#missed;
      const page = await read(this.#given);
      for (const message of page) {
        if (this.#session.outbox.full) {
          firstPageGiven();
          await this.#session.outbox.room();
        }
        if (this.#session.ended || !this.#give(new Rendered(message))) return;
      }
      firstPageGiven();
      // What came by during the read may not have been in the log when it was read: then read once more.
      if (page.length === 0 && this.#missed === missed) {
        this.#live = true;
        return;
      }
    }
  }

  /** Gives a message unless a plugin holds it back. @returns whether what follows may be given */
  #give(rendered: Rendered): boolean {
    const { message } = rendered;
    const { onDeliver } = this.#host.hooks;
    const verdict = onDeliver.isUsed() ? onDeliver.call(this.#session, message) : undefined;
    if (verdict === 'hold' && this.#hasInbox && message.id > 0) {
      // The inbox keeps it, and what follows waits behind it, so that the order stays.
      this.#live = false;
      this.#missed = message.id;
      return false;
    }
    if (message.id > 0) this.#given = message.id;
    if (verdict === undefined) this.#session.outbox.put(rendered.in(this.#session.dialect), message);
    return true;
  }
}
