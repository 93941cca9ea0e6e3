import type { Account } from '../api/account.ts';
import { type Refusal, refuse } from '../api/decisions.ts';
import { type Destination, DIRECT_MOST, type Entry, EVERYONE, type NewEntry, type SendKey } from '../api/entry.ts';
import {
  type Audience,
  type Duplicate,
  type Message,
  type MessageDraft,
  type Once,
  withoutControls,
} from '../api/message.ts';
import { nameKey } from '../api/names.ts';
import { isPromise } from '../hooks/eventual.ts';
import type { Hooks } from '../hooks/phases.ts';
import type { Passage } from '../hooks/reservation.ts';
import type { SessionContext } from '../kernel/session-context.ts';
import type { Online } from './online.ts';

/** A message to send, and its recipients. */
export interface Post {
  /**
   * The sender: a command's caller, a bot (`claimBot`), or `{ id: 0, name: '*server*' }` for a message of no account.
   * User names cannot contain `*`. The page shows messages from `*server*` as announcements.
   */
  readonly from: Account;
  /**
   * `everyone`: all registered users but the sender. `online`: those online, and the message is not kept. Or a named
   * room, by its id; or accounts, by name or as objects. Duplicates count once.
   */
  readonly to: 'everyone' | 'online' | { readonly room: number } | readonly (string | Account)[];
  /** One line: control characters are removed, and line ends become blanks. Post several lines one by one. */
  readonly text: string;
  /** Set where the sender may retry. */
  readonly once?: Once | undefined;
  /** The sender's device (`session.deviceName`), which does not receive the message. */
  readonly device?: string | undefined;
}

/** A message that was sent. */
export interface Posted {
  /** As delivered, with its id and the text that hooks left. */
  readonly message: Message;
  /** The names of recipients that the message cannot reach, as given. */
  readonly unknown: readonly string[];
}

/** What posting needs of the log. */
export interface AppendedLog {
  append(entries: readonly NewEntry[], key?: SendKey): Promise<readonly Entry[] | Duplicate>;
  find(sender: number, key: string): Promise<Duplicate | undefined>;
  get(id: number): Promise<Entry | undefined>;
}

/** Takes messages from their senders to the log, from which they are delivered. */
export class Posting {
  readonly #context: SessionContext;
  /** The last running append of each sender. */
  readonly #appending = new Map<number, Promise<unknown>>();

  constructor(context: SessionContext) {
    this.#context = context;
  }

  #isRemoved = (account: number): boolean => this.#context.environment.accounts.isRemoved(account);

  /**
   * Sends a message: runs the guards and transforms of `onMessage`, then appends it to the log, whose follower delivers
   * it. A message that is not kept is delivered to those online. Does not wait for observers.
   * @param now the time of the message, in milliseconds since 1970
   * @param ordered called as soon as no later post can overtake it
   * @returns the message and its unknown recipients, or why it was refused
   * @throws when it could not be kept
   */
  async post(post: Post, now: number, ordered?: () => void): Promise<Posted | Refusal> {
    const began = performance.now();
    const { hooks, online } = this.#context;
    const isRemoved = this.#isRemoved;
    const { from, once } = post;
    if (isRemoved(from.id)) return refuse('removed');
    const before = once && (once.first ?? (once.again ? await this.firstAnswer(from.id, once.key) : undefined));
    const draft = new Draft(post, audienceOf(post.to, online), now, isRemoved);
    if (before !== undefined) {
      ordered?.();
      return { message: messageOf(draft, before.duplicateOf), unknown: before.unknown };
    }
    const { guard, transform } = hooks.onMessage;
    let passage: Passage<Refusal, Refusal> | undefined;
    let refusal: Refusal | undefined;
    try {
      if (guard.isUsed()) {
        const passing = guard.run(draft);
        passage = isPromise(passing) ? await passing : passing;
        refusal = passage.refusal;
      }
      if (refusal === undefined && transform.isUsed()) {
        draft.isOpen = true;
        const rewriting = transform.run(draft);
        refusal = isPromise(rewriting) ? await rewriting : rewriting;
        draft.isOpen = false;
      }
      refusal ??= draft.refusal ?? (draft.senderRemoved ? refuse('removed') : undefined);
      if (refusal !== undefined) return refusal;
      const { isKept, unknown, time } = draft;
      const key = once && { sender: from.id, key: once.key, unknown, time };
      const appending = this.append(entriesOf(draft), isKept, key);
      // The log has it: later appends come after it. What is not kept is delivered first.
      if (isKept) ordered?.();
      const appended = await appending;
      if (isKept) this.#context.environment.counters.kept(performance.now() - began);
      else ordered?.();
      if ('duplicateOf' in appended) {
        return { message: messageOf(draft, appended.duplicateOf), unknown: appended.unknown };
      }
      const message = messageOf(draft, appended[0]?.id ?? 0);
      this.#notePosted(message, hooks);
      return { message, unknown: draft.unknown };
    } finally {
      passage?.settle(refusal);
    }
  }

  /** The first answer to a retried message, if that was kept. */
  async firstAnswer(sender: number, key: string): Promise<Duplicate | undefined> {
    return this.#context.generation.log?.find(sender, key);
  }

  /**
   * Appends entries to the log, or delivers them to those online.
   * @returns the entries, or the message that they duplicate
   */
  append(entries: readonly NewEntry[], isKept: boolean, key?: SendKey): Promise<readonly Entry[] | Duplicate> {
    const { log } = this.#context.generation;
    const sender = entries[0]?.sender ?? 0;
    if (!isKept || log === undefined) return this.#deliverAfterEarlier(entries, sender);
    const appended = log.append(entries, key);
    this.#appending.set(sender, appended);
    const over = () => {
      if (this.#appending.get(sender) === appended) this.#appending.delete(sender);
    };
    appended.then(over, over);
    return appended;
  }

  /** Delivers entries that no log keeps, after what their sender appends at the moment. */
  async #deliverAfterEarlier(entries: readonly NewEntry[], sender: number): Promise<readonly Entry[]> {
    await this.#appending.get(sender)?.catch(() => {});
    return entries.map((entry) => this.#deliverEphemeral(entry));
  }

  #deliverEphemeral({ to, origin, ...written }: NewEntry): Entry {
    const members = 'direct' in to ? to.direct : undefined;
    const entry = { ...written, id: 0, room: 'room' in to ? to.room : 0, members, seq: 0, previous: 0 };
    this.#context.delivery.deliverEphemeral(entry);
    return entry;
  }

  /** Counts a message and notifies the observers. */
  #notePosted(message: Message, hooks: Hooks): void {
    this.#context.environment.counters.posted++;
    const { observe } = hooks.onMessage;
    if (observe.isUsed()) observe.notify({ ...message });
  }
}

/** The recipients, each once, however their names were spelt. */
function audienceOf(to: Post['to'], online: Online): Audience {
  if (to === 'everyone' || to === 'online') return { group: 'everyone' };
  if ('room' in to) return { group: 'room' };
  const accounts = new Map<number, Account>();
  const absent = new Map<string, string>();
  for (const one of to) {
    const account = typeof one === 'string' ? online.find(one) : one;
    if (account !== undefined) accounts.set(account.id, account);
    else if (typeof one === 'string' && !absent.has(nameKey(one))) absent.set(nameKey(one), one);
  }
  return { accounts: [...accounts.values()], absent: [...absent.values()] };
}

/**
 * A message as entries: one in its room or in the conversation of its sender and recipients. For more recipients than a
 * conversation holds, one in the sender's conversation with each of them.
 */
function entriesOf(draft: Draft): NewEntry[] {
  const { audience, room, from } = draft;
  if ('group' in audience) return [draft.entry({ room }, false)];
  const { accounts } = audience;
  const isToSender = accounts.some(({ id }) => id === from.id);
  const size = accounts.length + (isToSender ? 0 : 1);
  if (accounts.length === 0) return [];
  if (size <= DIRECT_MOST) {
    const members = accounts.map(({ id }) => id);
    return [draft.entry({ direct: isToSender ? members : [from.id, ...members] }, isToSender)];
  }
  return accounts.map(({ id }) =>
    id === from.id ? draft.entry({ direct: [id] }, true) : draft.entry({ direct: [from.id, id] }, false),
  );
}

function messageOf({ from, room, kind, audience, text, time }: Draft, id: number): Message {
  const named = 'group' in audience ? audience : { accounts: [...audience.accounts], absent: [...audience.absent] };
  return { id, from, room, kind, audience: named, text, time, repeat: false };
}

/**
 * A message before it is sent. A class, because V8 gives each object literal with accessors its own shape, which
 * retains the text until the next full collection: 50 MB of messages took 100 MB more.
 */
class Draft implements MessageDraft {
  readonly from: Account;
  readonly room: number;
  readonly kind = 'message';
  readonly audience: Audience;
  readonly time: number;
  readonly once: Once | undefined;
  readonly #device: string;
  readonly #isRemoved: (account: number) => boolean;
  /** Whether it must not be kept. */
  readonly #isEphemeral: boolean;
  #text: string;
  #origin: string | undefined;
  isKept = false;
  /** Whether it may be rewritten now. */
  isOpen = false;
  refusal: Refusal | undefined;

  constructor(post: Post, audience: Audience, time: number, isRemoved: (account: number) => boolean) {
    const { from, to, text, once, device = '' } = post;
    this.from = presentableSender(from);
    this.room = to === 'everyone' || to === 'online' ? EVERYONE : 'room' in to ? to.room : 0;
    this.audience = audience;
    this.time = time;
    this.once = once;
    this.#device = device;
    this.#isRemoved = isRemoved;
    this.#isEphemeral = to === 'online';
    this.#text = withoutControls(text);
  }

  get text(): string {
    return this.#text;
  }

  /** Removes control characters at once: the log keeps this text. */
  set text(rewritten: string) {
    if (!this.isOpen) throw new TypeError("a message's `text` can be set in the phase `transform` of onMessage only");
    this.#text = withoutControls(rewritten);
  }

  get senderRemoved(): boolean {
    return this.#isRemoved(this.from.id);
  }

  get unknown(): string[] {
    return 'group' in this.audience ? [] : [...this.audience.absent];
  }

  keep(origin?: string): void {
    this.isKept = !this.#isEphemeral;
    this.#origin = origin;
  }

  refuse(refusal: Refusal): void {
    this.refusal = refusal;
  }

  entry(to: Destination, toSender: boolean): NewEntry {
    return {
      to,
      kind: 'message',
      version: 1,
      counts: true,
      sender: this.from.id,
      from: this.from.name,
      device: this.#device,
      toSender,
      body: this.#text,
      time: this.time,
      origin: this.#origin,
    };
  }
}

/** The sender, its name without control characters: a plugin may post under any name. */
function presentableSender(from: Account): Account {
  const name = withoutControls(from.name);
  return name === from.name ? from : { ...from, name };
}
