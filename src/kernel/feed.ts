import type { ClientSession } from './client-session.ts';
import { isFor } from './delivery.ts';
import type { Cursor, Entry } from './entry.ts';
import type { Message } from './message.ts';
import { Rendered } from './rendered.ts';
import type { SessionContext } from './session-context.ts';

/** Reads the log for a session. */
export interface InboxReader {
  /** How far the session's device has come. Asked once. */
  cursor(): Promise<Cursor>;
  /** Up to a page of the entries for its account with ids above `after` and up to `upTo`, oldest first; none at the end. */
  read(after: number, upTo: number): Promise<readonly Entry[]>;
}

/** The messages that one session is given, as a plugin that keeps messages sees them. */
export interface Feed {
  /** Whether it gives what is said as it is said, and nothing waits before that. */
  readonly live: boolean;
  /** The greatest id that the session was given; it may be on its way, or waiting for its acknowledgement. */
  readonly given: number;
  /**
   * The id up to which the session has every message that came by while it was online: its client has acknowledged them,
   * or the transport has taken them. Infinity while it has all of them.
   */
  readonly settled: number;
  /**
   * The id up to which the session was given everything that is for it, however it has settled; 0 while it is not known.
   * For whoever moves its device's cursor over what the account said itself.
   */
  readonly position: number;
  /**
   * Gives what of the log the session lacks, at the speed at which the client reads, and goes live after it. From the
   * call on nothing is given out of turn. While an earlier call is still reading, another does nothing.
   * @returns when the first page was given, so that what waited stands before the first answer, or when the client
   * does not read as fast as that
   * @throws when the log cannot be read
   */
  readOn(reader: InboxReader): Promise<void>;
}

/**
 * Where a feed stands: not begun; giving what is said as it is said; reading an inbox; leaving what is said in the inbox
 * until the client polls (`waiting`, where its codec has it poll) or because a plugin held a message (`held`).
 */
type State = 'closed' | 'live' | 'reading' | 'waiting' | 'held';

/**
 * The entries that one session is given, in the order of their ids and none twice. It is at the log's tail, and given
 * what is delivered there, or behind it: then, where a plugin reads the log to it, it is given pages up to where the tail
 * was when it began, at its own pace, until nothing came by meanwhile.
 */
export class SessionFeed implements Feed {
  readonly #session: ClientSession;
  readonly #context: SessionContext;
  #state: State = 'closed';
  /** Reads the log, once a plugin has offered to. */
  #reader: InboxReader | undefined;
  /** Whether it is known how far the session's device had come. */
  #hasCursor = false;
  #reading: Promise<void> | undefined;
  /** The greatest id that the session was given, or was decided never to be given. */
  #given = 0;
  /** The greatest id that came by while the feed was not live. */
  #missed = 0;
  /** Where the tail was when the session came online: what follows is for it, also when others of its device have it. */
  #since = 0;
  /** What up to this id was handed over before may have arrived. */
  #handed = 0;
  /** How far it had come when the session ended. */
  #last: number | undefined;
  /** What was given and is not acknowledged, where the client acknowledges. */
  #unacknowledged: Message[] = [];
  /** How much text that is, in characters. */
  #unacknowledgedText = 0;
  /** Where nothing is acknowledged: the last id that was put into the outbox, and the last that the transport took. */
  #sent = 0;
  #taken = 0;
  /** What no log keeps and waits for the client to poll. */
  #heldBack: { readonly bytes: Buffer; readonly message: Message }[] = [];
  #heldBackBytes = 0;
  #whenRoom: (() => void) | undefined;

  constructor(session: ClientSession, context: SessionContext) {
    this.#session = session;
    this.#context = context;
  }

  get live(): boolean {
    return this.#state === 'live';
  }

  get given(): number {
    return this.#given;
  }

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

  get position(): number {
    if (this.#last !== undefined) return this.#last;
    if (!this.#hasCursor) return 0;
    return this.#isBehind ? this.#given : Math.max(this.#given, this.#context.delivery.tail);
  }

  /** The session comes online: from now on entries are offered. */
  begin(): void {
    this.#since = this.#context.delivery.tail;
  }

  /** The login is done: without an inbox to read first, messages are given from here on. */
  open(): void {
    if (this.#state === 'closed') this.#state = 'live';
  }

  /** Offers an entry at the log's tail, or one that no log keeps. */
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
    if (this.#state === 'live') this.#fallBehind();
  }

  readOn(reader: InboxReader): Promise<void> {
    this.#reader = reader;
    return this.#reading === undefined ? this.#startReading(reader) : Promise.resolve();
  }

  /** The client polls: delivers what is queued. */
  async poll(): Promise<void> {
    if (this.#reading === undefined && this.#state === 'waiting' && this.#missed > this.#given && this.#reader) {
      await this.#startReading(this.#reader).catch(() => {});
    }
    await this.#reading;
    for (const { bytes, message } of this.#heldBack) this.#session.outbox.put(bytes, message);
    this.#heldBack = [];
    this.#heldBackBytes = 0;
  }

  /** The transport took the bytes of these messages. */
  taken(messages: readonly Message[]): void {
    if (this.#acknowledges) {
      this.#report(messages.findLast(({ id }) => id === 0));
      return;
    }
    const kept = messages.findLast(({ id }) => id > 0);
    this.#taken = kept?.id ?? this.#taken;
    this.#report(kept ?? messages.at(-1));
  }

  /** The client has the messages up to this id. @returns whether that says of one that it was not known of */
  acknowledge(id: number): boolean {
    const first = this.#unacknowledged.findIndex((message) => message.id > id);
    const had = this.#unacknowledged.splice(0, first < 0 ? this.#unacknowledged.length : first);
    for (const { text } of had) this.#unacknowledgedText -= text.length;
    this.#report(had.at(-1));
    this.#wake();
    return had.length > 0;
  }

  /** The session is over: nothing waits for room any more. */
  end(): void {
    this.#last = this.position;
    this.#wake();
  }

  get #acknowledges(): boolean {
    return this.#session.codec.acknowledges === true;
  }

  /** Whether what is kept had better wait in the inbox. */
  #mustWait(): boolean {
    if (this.#reader === undefined) return false;
    return this.#session.codec.pollsForMessages === true || this.#session.outbox.full || this.#windowFull;
  }

  get #windowFull(): boolean {
    if (this.#session.ended) return false;
    const { unacknowledged, outboxBytes } = this.#context.limits;
    return this.#unacknowledged.length >= unacknowledged || this.#unacknowledgedText >= outboxBytes;
  }

  #fallBehind(): void {
    if (this.#windowFull) this.#context.environment.counters.countLimitHit('unacknowledged');
    if (this.#session.codec.pollsForMessages) this.#state = 'waiting';
    else if (this.#reader !== undefined) this.#startReading(this.#reader).catch(() => {});
  }

  #startReading(reader: InboxReader): Promise<void> {
    this.#state = 'reading';
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#reading = this.#readAll(reader, resolve)
      .catch((cause: unknown) => {
        this.#state = 'held';
        this.#context.environment.logger.error(
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

  async #readAll(reader: InboxReader, firstPageGiven: () => void): Promise<void> {
    if (!this.#hasCursor) {
      const { account } = this.#session;
      const known = account && this.#context.delivery.comes(account.id);
      const [{ id, handed }] = await Promise.all([reader.cursor(), known]);
      this.#given = Math.max(this.#given, Math.min(id, this.#since));
      this.#handed = handed;
      this.#hasCursor = true;
    } else {
      // So that the answer to a command that asked for it comes first.
      await new Promise(setImmediate);
    }
    for (;;) {
      // What is in the log up to here can be read; what comes later, the feed is offered.
      const bound = this.#context.delivery.tail;
      while (this.#given < bound) {
        const page = await reader.read(this.#given, bound);
        for (const entry of page) {
          if (this.#session.outbox.full || this.#windowFull) {
            firstPageGiven();
            await this.#room();
          }
          if (this.#session.ended || !this.#giveRead(entry)) return;
        }
        firstPageGiven();
        if (page.length === 0) this.#given = Math.max(this.#given, bound);
      }
      if (this.#session.ended) return;
      if (this.#missed > bound) continue;
      this.#state = this.#session.codec.pollsForMessages ? 'waiting' : 'live';
      return;
    }
  }

  /** @returns whether what follows may be given */
  #giveRead(entry: Entry): boolean {
    if (entry.redacted || !isFor(entry, this.#session)) {
      this.#given = entry.id;
      return true;
    }
    return this.#give(new Rendered(entry, this.#context.delivery, entry.id <= this.#handed));
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
    const decision = this.#decisionOn(message);
    if (decision === 'hold' && this.#reader !== undefined) {
      // What follows waits behind it, so that the order stays.
      this.#state = 'held';
      this.#missed = message.id;
      return false;
    }
    this.#given = message.id;
    if (decision !== undefined) return true;
    const bytes = this.#session.render(rendered);
    if (bytes === undefined || bytes.length === 0) return true;
    if (this.#acknowledges) {
      this.#unacknowledged.push(message);
      this.#unacknowledgedText += message.text.length;
    } else {
      this.#sent = message.id;
    }
    this.#session.outbox.put(bytes, message);
    return true;
  }

  #giveUnkept(rendered: Rendered): void {
    if (this.#decisionOn(rendered.message) !== undefined) return;
    if (!this.#session.codec.pollsForMessages) {
      this.#put(rendered);
      return;
    }
    const bytes = this.#session.render(rendered);
    if (bytes === undefined || bytes.length === 0) return;
    this.#heldBack.push({ bytes, message: rendered.message });
    this.#heldBackBytes += bytes.length;
    if (this.#heldBackBytes > this.#context.limits.outboxBytes) this.#session.overflowed();
  }

  #decisionOn(message: Message): 'hold' | 'drop' | undefined {
    const { guard } = this.#context.hooks.onDeliver;
    return guard.isUsed() ? guard.call(this.#session, message) : undefined;
  }

  #put(rendered: Rendered): void {
    const bytes = this.#session.render(rendered);
    if (bytes !== undefined) this.#session.outbox.put(bytes, rendered.message);
  }

  /** Tells plugins of the last of the messages that one write brought, or one acknowledgement names. */
  #report(last: Message | undefined): void {
    const { observe } = this.#context.hooks.onDelivered;
    if (last !== undefined && observe.isUsed()) observe.call(this.#session, last);
  }
}
