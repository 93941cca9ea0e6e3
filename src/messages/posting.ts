import { type Refusal, refuse } from '../api/decisions.ts';
import type { Entry, NewEntry, SendKey } from '../api/entry.ts';
import type { Hooks } from '../api/handlers.ts';
import type { Duplicate, Message } from '../api/message.ts';
import type { Post, Posted } from '../api/post.ts';
import { promised, type Steps } from '../hooks/eventual.ts';
import type { Passage } from '../hooks/reservation.ts';
import type { MessageContext } from './context.ts';
import type { Delivery } from './delivery.ts';
import { audienceOf, type Change, Draft, entriesOf, messageOf } from './draft.ts';

const NO_APPEND = Promise.resolve();
const NO_ENTRY = Promise.resolve(undefined);

/** Takes messages from their senders to the log, from which they are delivered. */
export class Posting {
  readonly #context: MessageContext;
  readonly #delivery: Delivery;
  /** The last running append of each sender. */
  readonly #appending = new Map<number, Promise<unknown>>();

  constructor(context: MessageContext, delivery: Delivery) {
    this.#context = context;
    this.#delivery = delivery;
  }

  #isRemoved = (account: number): boolean => this.#context.environment.accounts.isRemoved(account);

  /**
   * Sends a message: runs the guards and transforms of `onMessage`, then appends it to the log, whose follower delivers
   * it. A message that is not kept is delivered to those online. Does not wait for observers.
   * @param ordered called as soon as no later post can overtake it
   * @returns the message and its unknown recipients, or why it was refused
   * @throws when it could not be kept
   */
  post(post: Post, ordered?: () => void): Promise<Posted | Refusal> {
    return promised(this.#post(post, ordered));
  }

  *#post(post: Post, ordered?: () => void): Steps<Posted | Refusal> {
    const began = performance.now();
    const { hooks } = this.#context.generation;
    const { clock } = this.#context.environment;
    const isRemoved = this.#isRemoved;
    const { from, once } = post;
    if (isRemoved(from.id)) return refuse('removed');
    let before = once?.first;
    if (once?.retry) before ??= (yield this.firstAnswer(from.id, once.key)) as Duplicate | undefined;
    const draft = new Draft(post, audienceOf(post.to, this.#delivery.online), clock.now(), isRemoved);
    if (before !== undefined) {
      ordered?.();
      return yield* this.#posted(draft, before);
    }
    try {
      yield* this.#pass(draft, hooks);
      if (draft.refusal !== undefined) return draft.refusal;
      const { isKept, unknown, time } = draft;
      const key = once && { sender: from.id, key: once.key, unknown, time };
      const appended = yield* this.#append(entriesOf(draft), isKept, key, ordered);
      if (isKept) this.#context.environment.counters.kept(performance.now() - began);
      if ('duplicateOf' in appended) {
        return yield* this.#posted(draft, appended);
      }
      const [entry, another] = appended;
      const message = messageOf(draft, entry?.id ?? 0, another === undefined ? entry : undefined);
      this.#notePosted(message, hooks);
      return { message, unknown: draft.unknown };
    } finally {
      draft.passage?.settle(draft.refusal);
    }
  }

  /**
   * Posts a text that changes a message, such as an edit: it passes the guards and transforms of `onMessage` first.
   * @param append appends the entry, with the text that they left
   * @returns what `append` returned, or why the text was refused
   */
  async postChange<T>(post: Post, change: Change, append: (text: string) => Promise<T>): Promise<T | Refusal> {
    const { environment, generation } = this.#context;
    const audience = audienceOf(post.to, this.#delivery.online);
    const draft = new Draft(post, audience, environment.clock.now(), this.#isRemoved, change);
    try {
      await promised(this.#pass(draft, generation.hooks));
      return draft.refusal ?? (await append(draft.text));
    } finally {
      draft.passage?.settle(draft.refusal);
    }
  }

  /** Runs the guards and transforms of `onMessage`. Then `draft.refusal` tells whether one refused it. */
  *#pass(draft: Draft, { onMessage: { guard, transform } }: Hooks): Steps<void> {
    if (guard.isUsed()) {
      draft.passage = (yield guard.run(draft)) as Passage<Refusal, Refusal>;
      draft.refusal = draft.passage.refusal;
    }
    if (draft.refusal === undefined && transform.isUsed()) {
      draft.isOpen = true;
      const refusal = (yield transform.run(draft)) as Refusal | undefined;
      draft.isOpen = false;
      draft.refusal = refusal ?? draft.refusal;
    }
    draft.refusal ??= draft.senderRemoved ? refuse('removed') : undefined;
  }

  /** The answer to a message that was posted before. Its entry may have been trimmed. */
  *#posted(draft: Draft, { duplicateOf, unknown }: Duplicate): Steps<Posted> {
    const entry = (yield this.#context.generation.log?.get(duplicateOf) ?? NO_ENTRY) as Entry | undefined;
    return { message: messageOf(draft, duplicateOf, entry), unknown };
  }

  /** The first answer to a retried message, if that was kept. */
  async firstAnswer(sender: number, key: string): Promise<Duplicate | undefined> {
    return this.#context.generation.log?.find(sender, key);
  }

  /** Appends entries to the log, or delivers them to those online. @returns the entries */
  append(entries: readonly NewEntry[], isKept: boolean): Promise<readonly Entry[]> {
    // Without a key there are no duplicates.
    return promised(this.#append(entries, isKept)) as Promise<readonly Entry[]>;
  }

  /** @returns the entries, or the message that they duplicate */
  *#append(
    entries: readonly NewEntry[],
    isKept: boolean,
    key?: SendKey,
    ordered?: () => void,
  ): Steps<readonly Entry[] | Duplicate> {
    const { log } = this.#context.generation;
    const sender = entries[0]?.sender ?? 0;
    if (!isKept || log === undefined) {
      // What no log keeps comes after what its sender is appending, and after the delivery under way. That may close
      // sessions, and a handler that posts for each of them would otherwise recurse.
      yield this.#appending.get(sender)?.catch(() => {}) ?? NO_APPEND;
      const delivered = entries.map((entry) => this.#deliverEphemeral(entry));
      ordered?.();
      return delivered;
    }
    const appending = log.append(entries, key);
    this.#appending.set(sender, appending);
    // The log has it: later appends come after it.
    ordered?.();
    try {
      return (yield appending) as readonly Entry[] | Duplicate;
    } finally {
      if (this.#appending.get(sender) === appending) this.#appending.delete(sender);
    }
  }

  #deliverEphemeral({ to, origin, mentions, ...written }: NewEntry): Entry {
    const members = 'direct' in to ? to.direct : undefined;
    const entry = { ...written, id: 0, room: 'room' in to ? to.room : 0, members, seq: 0, previous: 0 };
    this.#delivery.deliver(entry);
    this.#delivery.passOn(entry);
    return entry;
  }

  /** Counts a message and notifies the observers. */
  #notePosted(message: Message, hooks: Hooks): void {
    this.#context.environment.counters.posted++;
    const { observe } = hooks.onMessage;
    if (observe.isUsed()) observe.notify({ ...message });
  }
}
