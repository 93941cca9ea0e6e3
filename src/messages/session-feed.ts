import type { Entry } from '../api/entry.ts';
import type { Feed, InboxReader } from '../api/feed.ts';
import type { Message } from '../api/message.ts';
import { throwLater } from '../hooks/throw-later.ts';
import type { Chunk } from '../wire/chunk.ts';
import type { MessageContext } from './context.ts';
import { type Delivery, isFor } from './delivery.ts';
import type { Recipient } from './recipient.ts';
import { Rendered } from './rendered.ts';
import type { Run } from './run.ts';
import { Unacknowledged } from './unacknowledged.ts';

/**
 * `closed`: the login is not done. `live`: new entries are delivered at once. `reading`: catching up from the log.
 * `waiting`: new entries stay in the log until the client polls. `held`: they stay there because a plugin held one, or for
 * a moment because the log could not be read.
 */
type State = 'closed' | 'live' | 'reading' | 'waiting' | 'held';

const NO_CHUNKS: Chunk[] = [];

/** How long to wait before an inbox is read again that could not be read, in milliseconds. */
const RETRY = 2000;

/**
 * Delivers entries to one session, in the order of their ids, each once. A feed is at the log's tail, where entries are
 * offered to it, or behind it. Behind it, it reads pages from the log up to where the tail was when it began, at the
 * client's pace, until no entry was missed meanwhile.
 */
export class SessionFeed implements Feed {
  readonly #session: Recipient;
  readonly #context: MessageContext;
  readonly #delivery: Delivery;
  #state: State = 'closed';
  /** Reads the log, once a plugin has offered to. */
  #reader: InboxReader | undefined;
  /** Whether the device's cursor was read. */
  #hasCursor = false;
  #reading: Promise<void> | undefined;
  /** The greatest id that was delivered or dropped. */
  #given = 0;
  /** The greatest id that was offered while the feed was not live. */
  #missed = 0;
  /** The tail when the session came online. Later entries are for it even if another session of its device has them. */
  #since = 0;
  /** Entries up to this id were sent before, and may have arrived. */
  #handed = 0;
  /** Its position when the session ended. */
  #last: number | undefined;
  /** For clients that acknowledge. */
  #unacknowledged: Unacknowledged | undefined;
  /** For clients that don't: the last id put into the outbox, and the last that the transport took. */
  #sent = 0;
  #taken = 0;
  /** Messages that no log has for the session, queued until the client polls. */
  #queued = NO_CHUNKS;
  #queuedBytes = 0;
  #onRoom: (() => void) | undefined;
  hides: ((message: Message) => boolean) | undefined;

  constructor(session: Recipient, context: MessageContext, delivery: Delivery) {
    this.#session = session;
    this.#context = context;
    this.#delivery = delivery;
  }

  get live(): boolean {
    return this.#state === 'live';
  }

  get given(): number {
    return this.#given;
  }

  get settled(): number {
    const all = Number.POSITIVE_INFINITY;
    const first = this.#unacknowledged?.first;
    const acknowledged = first === undefined ? all : first.id - 1;
    const taken = this.#sent > this.#taken ? this.#taken : all;
    return Math.min(acknowledged, taken, this.#isBehind ? this.#given : all);
  }

  /** Whether the log has entries for the session that were not delivered. */
  get #isBehind(): boolean {
    return this.#state === 'reading' || (this.#state !== 'live' && this.#missed > this.#given);
  }

  get position(): number {
    if (this.#last !== undefined) return this.#last;
    if (!this.#hasCursor) return 0;
    return this.#isBehind ? this.#given : Math.max(this.#given, this.#delivery.tail);
  }

  /** The session comes online: entries are offered from now on. */
  begin(): void {
    this.#since = this.#delivery.tail;
  }

  /** The login is done: unless a plugin reads the log first, entries are delivered from now on. */
  open(): void {
    if (this.#state === 'closed') this.#state = 'live';
  }

  /** Offers an entry at the log's tail, or an ephemeral one. */
  offer(rendered: Rendered): void {
    const { id } = rendered.message;
    if (id === 0) return void this.#deliverEphemeral(rendered);
    if (id <= this.#given) return;
    if (this.#state === 'live' && !this.#mustWait()) {
      this.#deliver(rendered);
      return;
    }
    this.#missed = id;
    if (this.#state === 'live') this.#fallBehind();
  }

  /** Offers entries at the log's tail together. */
  offerRun(run: Run): void {
    const { account } = this.#session;
    if (account !== undefined && !run.isBy(account.id) && this.#deliverRun(run)) return;
    for (const rendered of run.all) {
      if (this.#session.ended) return;
      if (isFor(rendered.entry, this.#session)) this.offer(rendered);
    }
  }

  /** @returns whether the run was delivered; otherwise each entry needs a look */
  #deliverRun(run: Run): boolean {
    const { codec, outbox, ended } = this.#session;
    if (ended || this.hides !== undefined || this.#state !== 'live' || run.first <= this.#given) return false;
    if (codec.acknowledges || codec.pollsForMessages || this.#context.generation.hooks.onDeliver.guard.isUsed())
      return false;
    const chunk = this.#session.clientCodec.render(run);
    if (chunk === undefined || !outbox.takes(chunk.bytes.length)) return false;
    this.#given = run.last;
    this.#sent = chunk.messages.at(-1)?.id ?? this.#sent;
    outbox.put(chunk);
    return true;
  }

  catchUp(reader: InboxReader): Promise<void> {
    this.#reader = reader;
    return this.#reading === undefined ? this.#startReading(reader) : Promise.resolve();
  }

  /** The client polls: delivers what is queued. */
  async poll(): Promise<void> {
    if (this.#reading === undefined && this.#state === 'waiting' && this.#missed > this.#given && this.#reader) {
      await this.#startReading(this.#reader).catch(() => {});
    }
    await this.#reading;
    for (const chunk of this.#queued) this.#session.outbox.put(chunk);
    this.#queued = NO_CHUNKS;
    this.#queuedBytes = 0;
  }

  /** The transport took the bytes of these messages. */
  taken(messages: readonly Message[]): void {
    if (this.#session.codec.acknowledges && this.#reader !== undefined) {
      this.#report(messages.findLast(({ id }) => id === 0));
      return;
    }
    const kept = messages.findLast(({ id }) => id > 0);
    this.#taken = kept?.id ?? this.#taken;
    this.#report(kept ?? messages.at(-1));
  }

  /** The client has every message up to this id. @returns whether one of them was unacknowledged */
  acknowledge(id: number): boolean {
    const last = this.#unacknowledged?.acknowledge(id);
    this.#report(last);
    this.#wake();
    return last !== undefined;
  }

  /** The session is over: wakes a reader that waits for room. */
  end(): void {
    this.#last = this.position;
    this.#wake();
  }

  /** Whether a kept entry had better stay in the log for now. */
  #mustWait(): boolean {
    if (this.#reader === undefined) return false;
    return this.#session.codec.pollsForMessages === true || this.#session.outbox.full || this.#isWindowFull;
  }

  get #isWindowFull(): boolean {
    return this.#unacknowledged?.isFull === true && !this.#session.ended;
  }

  #fallBehind(): void {
    if (this.#isWindowFull) this.#context.environment.counters.countLimitHit('unacknowledged');
    if (this.#session.codec.pollsForMessages) this.#state = 'waiting';
    else if (this.#reader !== undefined) this.#startReading(this.#reader).catch(() => {});
  }

  #startReading(reader: InboxReader): Promise<void> {
    this.#state = 'reading';
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#reading = this.#readAll(reader, resolve)
      .catch((cause: unknown) => {
        this.#state = this.#session.codec.pollsForMessages ? 'waiting' : 'held';
        // Also where nothing was offered: what was not read must not count as delivered.
        this.#missed = Math.max(this.#missed, this.#delivery.tail);
        const { logger, clock } = this.#context.environment;
        logger.error({ event: 'store-error', ...this.#session.who, err: cause }, 'an inbox cannot be read; will retry');
        clock.after(RETRY, () => {
          if (this.#state === 'held' && !this.#session.ended) this.catchUp(reader).catch(() => {});
        });
        reject(cause);
      })
      .finally(() => {
        this.#reading = undefined;
        resolve();
      });
    return promise;
  }

  async #readAll(reader: InboxReader, firstPageDelivered: () => void): Promise<void> {
    if (!this.#hasCursor) {
      const { account } = this.#session;
      const known = account && this.#delivery.loadRooms(account.id);
      const [{ id, handed }] = await Promise.all([reader.cursor(), known]);
      this.#given = Math.max(this.#given, Math.min(id, this.#since));
      this.#handed = handed;
      this.#hasCursor = true;
    } else {
      // The answer to the command that called `catchUp` comes first.
      await new Promise(setImmediate);
    }
    for (;;) {
      // Entries up to here can be read; later ones are offered.
      const bound = this.#delivery.tail;
      while (this.#given < bound) {
        const page = await reader.read(this.#given, bound);
        const quoted = page.flatMap(({ reply, of }) => reply ?? of ?? []);
        if (quoted.length > 0) await this.#delivery.quotes?.load(quoted);
        for (const entry of page) {
          if (this.#session.outbox.full || this.#isWindowFull) {
            firstPageDelivered();
            await this.#room();
          }
          if (this.#session.ended || !this.#deliverRead(entry)) return;
        }
        firstPageDelivered();
        if (page.length === 0) this.#given = Math.max(this.#given, bound);
      }
      if (this.#session.ended) return;
      if (this.#missed > bound) continue;
      this.#state = this.#session.codec.pollsForMessages ? 'waiting' : 'live';
      return;
    }
  }

  /** Delivers an entry read from the log. @returns false if a plugin holds it */
  #deliverRead(entry: Entry): boolean {
    if (entry.redacted || !isFor(entry, this.#session)) {
      this.#given = entry.id;
      return true;
    }
    return this.#deliver(new Rendered(entry, this.#delivery, entry.id <= this.#handed));
  }

  async #room(): Promise<void> {
    await this.#session.outbox.room();
    while (this.#isWindowFull) {
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onRoom = resolve;
      await promise;
    }
  }

  #wake(): void {
    this.#onRoom?.();
    this.#onRoom = undefined;
  }

  /** Delivers a kept message. @returns false if a plugin holds it */
  #deliver(rendered: Rendered): boolean {
    const { message } = rendered;
    const decision = this.#decide(message);
    if (decision === 'hold' && this.#reader !== undefined) {
      // Later entries stay behind it, in order.
      this.#state = 'held';
      this.#missed = message.id;
      return false;
    }
    this.#given = message.id;
    if (decision !== undefined) return true;
    const chunk = this.#session.clientCodec.render(rendered);
    if (chunk === undefined || chunk.bytes.length === 0) return true;
    if (this.#reader === undefined) {
      this.#putUnread(chunk);
      return true;
    }
    if (this.#session.codec.acknowledges) {
      this.#unacknowledged ??= new Unacknowledged(this.#context);
      this.#unacknowledged.add(message);
    } else {
      this.#sent = message.id;
    }
    this.#session.outbox.put(chunk);
    return true;
  }

  /** Delivers a message that no log keeps, or queues it for a client that polls. */
  #deliverEphemeral(rendered: Rendered): void {
    const { message } = rendered;
    if (this.#decide(message) !== undefined) return;
    const chunk = this.#session.clientCodec.render(rendered);
    if (chunk !== undefined && chunk.bytes.length > 0) this.#putUnread(chunk);
  }

  /** Sends a message that the session cannot read from the log later, or queues it for a client that polls. */
  #putUnread(chunk: Chunk): void {
    if (!this.#session.codec.pollsForMessages) return void this.#session.outbox.put(chunk);
    if (this.#queued === NO_CHUNKS) this.#queued = [];
    this.#queued.push(chunk);
    this.#queuedBytes += chunk.bytes.length;
    if (this.#queuedBytes > this.#context.limits.outboxBytes) this.#session.overflowed();
  }

  #decide(message: Message): 'hold' | 'drop' | undefined {
    if (this.#isHidden(message)) return 'drop';
    const { guard } = this.#context.generation.hooks.onDeliver;
    return guard.isUsed() ? guard.call(this.#session, message) : undefined;
  }

  #isHidden(message: Message): boolean {
    try {
      return this.hides?.(message) === true;
    } catch (thrown) {
      throwLater(thrown);
      return false;
    }
  }

  /** Notifies plugins of the last message in a write or an acknowledgement. */
  #report(last: Message | undefined): void {
    const { observe } = this.#context.generation.hooks.onDelivered;
    if (last !== undefined && observe.isUsed()) observe.call(this.#session, last);
  }
}
