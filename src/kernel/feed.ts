import type { SessionLimits } from './limits.ts';
import type { Logger } from './logger.ts';
import type { Message } from './message.ts';
import type { Hooks } from './phases.ts';
import { Rendered } from './rendered.ts';
import type { Session } from './session.ts';

/**
 * Gives up to a page of a session's messages with ids above `after`, oldest first; none when there are no more.
 * From the id `since` on (0 stands for none) messages came by while the session was online, and are for it even when
 * another session of its account has had them.
 */
export type InboxReader = (after: number, since: number) => Promise<readonly Message[]>;

/** What a feed needs of the kernel. */
export interface FeedHost {
  readonly logger: Logger;
  readonly limits: Pick<SessionLimits, 'unacknowledged' | 'outboxBytes'>;
  /** The hooks of the live generation. */
  readonly hooks: Hooks;
  /** Counts that a limit was met. */
  limitMet(limit: string): void;
}

/**
 * Where a feed stands: not begun; giving what is said as it is said; reading an inbox; leaving what is said in the inbox
 * until the client polls (`waiting`, where its codec has it poll) or because a plugin held a message (`held`).
 */
type State = 'closed' | 'live' | 'reading' | 'waiting' | 'held';

/**
 * The messages that one session is given, in the order of their ids and none twice: from its inbox, where a plugin
 * reads one to it, until nothing is left there, and then live as they are said. A client that falls behind is given
 * what it missed from its inbox again, at its own pace.
 */
export class Feed {
  readonly #session: Session;
  readonly #host: FeedHost;
  #state: State = 'closed';
  /** Reads the inbox, once a plugin has offered to. */
  #read: InboxReader | undefined;
  #reading: Promise<void> | undefined;
  /** The greatest id that the session was given, or was decided never to be given. */
  #given = 0;
  /** The greatest id that came by while the feed was not live. */
  #missed = 0;
  /** The first id that came by before the feed was live for the first time. */
  #since = 0;
  /** What was given and is not acknowledged, where the client acknowledges. */
  #unacknowledged: Message[] = [];
  /** How much text that is, in characters. */
  #unacknowledgedText = 0;
  /** Where nothing is acknowledged: the last id that was put into the outbox, and the last that the transport took. */
  #sent = 0;
  #taken = 0;
  /** What no inbox keeps and waits for the client to poll. */
  #heldBack: { readonly bytes: Buffer; readonly message: Message }[] = [];
  #heldBackBytes = 0;
  #whenRoom: (() => void) | undefined;

  /** @internal */
  constructor(session: Session, host: FeedHost) {
    this.#session = session;
    this.#host = host;
  }

  /** Whether it gives what is said as it is said, and nothing waits before that. */
  get live(): boolean {
    return this.#state === 'live';
  }

  /** The greatest id that the session was given; it may be on its way, or waiting for its acknowledgement. */
  get given(): number {
    return this.#given;
  }

  /**
   * The id up to which the session has every message that came by while it was online: its client has acknowledged them,
   * or the transport has taken them. Infinity while it has all of them.
   */
  get settled(): number {
    const all = Number.POSITIVE_INFINITY;
    const [first] = this.#unacknowledged;
    const had = first === undefined ? all : first.id - 1;
    const taken = this.#sent > this.#taken ? this.#taken : all;
    return Math.min(had, taken, this.#isBehind ? this.#given : all);
  }

  /** Whether messages that are for it are still in the inbox. */
  get #isBehind(): boolean {
    return this.#state === 'reading' || (this.#state !== 'live' && this.#missed > this.#given);
  }

  /** The login is done: without an inbox to read first, messages are given from here on. @internal */
  open(): void {
    if (this.#state === 'closed') this.#state = 'live';
  }

  /** Offers a message that was just said. @internal */
  offer(rendered: Rendered): void {
    const { id } = rendered.message;
    if (id === 0) {
      this.#giveUnkept(rendered);
      return;
    }
    if (id <= this.#given) return;
    if (this.#state === 'live' && !this.#mustWait()) {
      this.#give(rendered);
      return;
    }
    this.#missed = id;
    if (this.#since === 0) this.#since = id;
    if (this.#state === 'live') this.#fallBehind();
  }

  /**
   * Gives what waits in the inbox, at the speed at which the client reads, and goes live after it. From the call on
   * nothing is given out of turn. While an earlier call is still reading, another does nothing.
   * @param cursor the id up to which the inbox was given before
   * @returns when the first page was given, so that what waited stands before the first answer, or when the client
   * does not read as fast as that
   */
  readOn(cursor: number, read: InboxReader): Promise<void> {
    this.#read = read;
    this.#given = Math.max(this.#given, cursor);
    return this.#reading === undefined ? this.#startReading(read) : Promise.resolve();
  }

  /** The client polls: delivers what is queued. @internal */
  async poll(): Promise<void> {
    if (this.#reading === undefined && this.#state === 'waiting' && this.#missed > this.#given && this.#read) {
      await this.#startReading(this.#read).catch(() => {});
    }
    await this.#reading;
    for (const { bytes, message } of this.#heldBack) this.#session.outbox.put(bytes, message);
    this.#heldBack = [];
    this.#heldBackBytes = 0;
  }

  /** The transport took the bytes of these messages. @internal */
  taken(messages: readonly Message[]): void {
    if (!this.#acknowledges) this.#taken = messages.findLast(({ id }) => id > 0)?.id ?? this.#taken;
    this.#report(this.#acknowledges ? messages.filter(({ id }) => id === 0) : messages);
  }

  /** The client has the messages up to this id. @returns whether that says of one that it was not known of @internal */
  acknowledge(id: number): boolean {
    const first = this.#unacknowledged.findIndex((message) => message.id > id);
    const had = this.#unacknowledged.splice(0, first < 0 ? this.#unacknowledged.length : first);
    for (const { text } of had) this.#unacknowledgedText -= text.length;
    this.#report(had);
    this.#wake();
    return had.length > 0;
  }

  /** The session is over: nothing waits for room any more. @internal */
  end(): void {
    this.#wake();
  }

  get #acknowledges(): boolean {
    return this.#session.codec.acknowledges === true;
  }

  /** Whether what is kept had better wait in the inbox. */
  #mustWait(): boolean {
    if (this.#read === undefined) return false;
    return this.#session.codec.pollsForMessages === true || this.#session.outbox.full || this.#windowFull;
  }

  get #windowFull(): boolean {
    if (this.#session.ended) return false;
    const { unacknowledged, outboxBytes } = this.#host.limits;
    return this.#unacknowledged.length >= unacknowledged || this.#unacknowledgedText >= outboxBytes;
  }

  #fallBehind(): void {
    if (this.#windowFull) this.#host.limitMet('unacknowledged');
    if (this.#session.codec.pollsForMessages) this.#state = 'waiting';
    else if (this.#read !== undefined) this.#startReading(this.#read).catch(() => {});
  }

  #startReading(read: InboxReader): Promise<void> {
    this.#state = 'reading';
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#reading = this.#readAll(read, resolve)
      .catch((cause: unknown) => {
        this.#state = 'held';
        this.#host.logger.error(
          { event: 'store-error', ...this.#session.who, err: cause },
          'an inbox could not be read; what is in it waits for fetch or the next login',
        );
        reject(cause);
      })
      .finally(() => {
        this.#reading = undefined;
        resolve();
      });
    return promise;
  }

  async #readAll(read: InboxReader, firstPageGiven: () => void): Promise<void> {
    for (;;) {
      const missed = this.#missed;
      const page = await read(this.#given, this.#since);
      for (const message of page) {
        if (this.#session.outbox.full || this.#windowFull) {
          firstPageGiven();
          await this.#room();
        }
        if (this.#session.ended || !this.#give(new Rendered(message))) return;
      }
      firstPageGiven();
      // What came by during the read may not have been in the log when it was read: then read once more.
      if (page.length > 0 || this.#missed !== missed) continue;
      this.#state = this.#session.codec.pollsForMessages ? 'waiting' : 'live';
      return;
    }
  }

  async #room(): Promise<void> {
    await this.#session.outbox.room();
    while (this.#windowFull) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#whenRoom = resolve;
      await promise;
    }
  }

  #wake(): void {
    this.#whenRoom?.();
    this.#whenRoom = undefined;
  }

  /** Gives a message that an inbox keeps, unless a plugin holds it back. @returns whether what follows may be given */
  #give(rendered: Rendered): boolean {
    const { message } = rendered;
    const verdict = this.#verdict(message);
    if (verdict === 'hold' && this.#read !== undefined) {
      // What follows waits behind it, so that the order stays.
      this.#state = 'held';
      this.#missed = message.id;
      return false;
    }
    this.#given = message.id;
    if (verdict !== undefined) return true;
    if (this.#acknowledges) {
      this.#unacknowledged.push(message);
      this.#unacknowledgedText += message.text.length;
    } else {
      this.#sent = message.id;
    }
    this.#put(rendered);
    return true;
  }

  #giveUnkept(rendered: Rendered): void {
    if (this.#verdict(rendered.message) !== undefined) return;
    if (!this.#session.codec.pollsForMessages) {
      this.#put(rendered);
      return;
    }
    const bytes = this.#session.render(rendered);
    if (bytes === undefined) return;
    this.#heldBack.push({ bytes, message: rendered.message });
    this.#heldBackBytes += bytes.length;
    if (this.#heldBackBytes > this.#host.limits.outboxBytes) this.#session.overflowed();
  }

  #verdict(message: Message): 'hold' | 'drop' | undefined {
    const { guard } = this.#host.hooks.onDeliver;
    return guard.isUsed() ? guard.call(this.#session, message) : undefined;
  }

  #put(rendered: Rendered): void {
    const bytes = this.#session.render(rendered);
    if (bytes !== undefined) this.#session.outbox.put(bytes, rendered.message);
  }

  #report(messages: readonly Message[]): void {
    const { observe } = this.#host.hooks.onDelivered;
    if (!observe.isUsed()) return;
    for (const message of messages) observe.call(this.#session, message);
  }
}
