import type { Account } from './account.ts';
import { type Refusal, refuse } from './decisions.ts';
import { type Destination, DIRECT_MOST, type Entry, EVERYONE, type NewEntry, type SendKey } from './entry.ts';
import { isPromise } from './eventual.ts';
import {
  type Audience,
  type Duplicate,
  type Message,
  type MessageDraft,
  type Once,
  withoutControls,
} from './message.ts';
import { nameKey } from './names.ts';
import type { Online } from './online.ts';
import type { Hooks } from './phases.ts';
import type { Passage } from './reservation.ts';
import type { SessionContext } from './session-context.ts';

/** What is to be said, and to whom. */
export interface Post {
  /**
   * Whom it is from: the account of who calls a command, a bot's (`claimBot`), or, for what
   * no account says, `{ id: 0, name: '*server*' }`. No user can be called by a name with `*`; the page shows what is from
   * `*server*` as an announcement.
   */
  readonly from: Account;
  /**
   * Everyone who is registered, without the sender; those who are `online`, for which nothing keeps it; a named room, by
   * its id; or accounts, by name or as such, each once.
   */
  readonly to: 'everyone' | 'online' | { readonly room: number } | readonly (string | Account)[];
  /** One line: control characters are removed, and what ends a line becomes a blank. Several lines are several posts. */
  readonly text: string;
  /** Where its sender may send it again. */
  readonly once?: Once | undefined;
  /** The device that it comes from (`session.deviceName`), which is not given it again. */
  readonly device?: string | undefined;
}

/** What became of what was posted. */
export interface Posted {
  /** As it was given to its recipients: with the text as hooks left it, and its id. */
  readonly message: Message;
  /** The names that stand for nobody whom the message can reach, as they were given. */
  readonly unknown: readonly string[];
}

/** What posting needs of the log. */
export interface AppendedLog {
  append(entries: readonly NewEntry[], key?: SendKey): Promise<readonly Entry[] | Duplicate>;
  find(sender: number, key: string): Promise<Duplicate | undefined>;
  get(id: number): Promise<Entry | undefined>;
}

/** Takes messages from those who say them to the log, from where they are delivered. */
export class Posting {
  readonly #context: SessionContext;
  /** The last append of each sender that is under way. */
  readonly #underWay = new Map<number, Promise<unknown>>();
  /** How many messages were said. */
  said = 0;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  /**
   * Sends a message: the plugins decide, then it is appended to the log, whose followers deliver it; what nothing keeps
   * is delivered to those online. Plugins that only watch hold up nothing.
   * @param now when it was said, in milliseconds since 1970
   * @param ordered called when nothing that is posted from then on can come before it
   * @returns what was sent and which names are unknown, or why it was not sent
   * @throws when it could not be kept
   */
  async post(post: Post, now: number, ordered?: () => void): Promise<Posted | Refusal> {
    const began = performance.now();
    const { hooks, online } = this.#context;
    const isRemoved = (account: number) => this.#context.accountWatch.isRemoved(account);
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
      const answer = draft.isKept ? await this.#keep(draft, began, ordered) : await this.#pass(draft);
      // Where it was not appended, nothing comes before it any more either.
      ordered?.();
      if (typeof answer !== 'number') return { message: messageOf(draft, answer.duplicateOf), unknown: answer.unknown };
      const message = messageOf(draft, answer);
      this.#noteSaid(message, hooks);
      return { message, unknown: draft.unknown };
    } finally {
      passage?.settle(refusal);
    }
  }

  /** How a message was answered that its sender sends again, if it was kept. */
  async firstAnswer(sender: number, key: string): Promise<Duplicate | undefined> {
    return this.#context.generation.log?.find(sender, key);
  }

  /** Appends entries to the log, or delivers them to those online. @returns them, or what they duplicate */
  async append(entries: readonly NewEntry[], isKept: boolean, key?: SendKey): Promise<readonly Entry[] | Duplicate> {
    const { log } = this.#context.generation;
    const sender = entries[0]?.sender ?? 0;
    if (!isKept || log === undefined) {
      const earlier = this.#underWay.get(sender);
      if (earlier !== undefined) await earlier.catch(() => {});
      return entries.map((entry) => this.#deliverUnkept(entry));
    }
    const appended = log.append(entries, key);
    this.#underWay.set(sender, appended);
    try {
      return await appended;
    } finally {
      if (this.#underWay.get(sender) === appended) this.#underWay.delete(sender);
    }
  }

  /** Keeps a message. @returns the id of its first entry, or what it duplicates @throws when it could not be kept */
  async #keep(draft: Draft, began: number, ordered: (() => void) | undefined): Promise<number | Duplicate> {
    const { once, from, time, unknown } = draft;
    const key = once && { sender: from.id, key: once.key, unknown, time };
    const appending = this.append(entriesOf(draft), true, key);
    // The log has it: what is appended later comes after it.
    ordered?.();
    const appended = await appending;
    this.#context.environment.counters.kept(performance.now() - began);
    return 'duplicateOf' in appended ? appended : (appended[0]?.id ?? 0);
  }

  async #pass(draft: Draft): Promise<number> {
    await this.append(entriesOf(draft), false);
    return 0;
  }

  #deliverUnkept({ to, origin, ...written }: NewEntry): Entry {
    const members = 'direct' in to ? to.direct : undefined;
    const entry = { ...written, id: 0, room: 'room' in to ? to.room : 0, members, seq: 0, previous: 0 };
    this.#context.delivery.deliverUnkept(entry);
    return entry;
  }

  /** Tells those who watch, for whom nobody waits. */
  #noteSaid(message: Message, hooks: Hooks): void {
    this.said++;
    const { observe } = hooks.onMessage;
    if (observe.isUsed()) observe.notify({ ...message });
  }
}

/** Whom it is for, each once, whatever spellings were given. */
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
 * A message as entries: one, in the room it is for or the conversation of its sender and its recipients. To a crowd, one
 * in the conversation with each of them.
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
 * A message on its way. A class, for V8 gives each object literal with accessors a shape of its own, which holds on to the
 * text until the next full collection: 50 MB of messages took 100 MB more.
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
  /** Whether nothing may keep it. */
  readonly #isPassing: boolean;
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
    this.#isPassing = to === 'online';
    this.#text = withoutControls(text);
  }

  get text(): string {
    return this.#text;
  }

  /** Cleans it at once: it is what the log keeps. */
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
    this.isKept = !this.#isPassing;
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

/** The sender, with a name that stays on its line: a plugin may post as whatever it likes. */
function presentableSender(from: Account): Account {
  const name = withoutControls(from.name);
  return name === from.name ? from : { ...from, name };
}
