import type { Account } from '../api/account.ts';
import type { Refusal } from '../api/decisions.ts';
import { type Destination, DIRECT_MOST, type Entry, EVERYONE, type NewEntry } from '../api/entry.ts';
import {
  type Audience,
  cleanLines,
  type IdempotencyKey,
  type Message,
  type MessageDraft,
  recipients,
  textIn,
  withoutControls,
} from '../api/message.ts';
import { nameKey } from '../api/names.ts';
import type { Post } from '../api/post.ts';
import type { Passage } from '../hooks/reservation.ts';
import type { Online } from './online.ts';

/** The recipients, each once, however their names were spelt. */
export function audienceOf(to: Post['to'], online: Online): Audience {
  if (to === 'everyone' || to === 'online') return { group: 'everyone' };
  if ('room' in to) return { group: 'room' };
  if (to.length === 1) return audienceOfOne(to[0] as Account | string, online);
  const accounts = new Map<number, Account>();
  const unresolved = new Map<string, string>();
  for (const one of to) {
    const account = typeof one === 'string' ? online.find(one) : one;
    if (account !== undefined) accounts.set(account.id, account);
    else if (typeof one === 'string' && !unresolved.has(nameKey(one))) unresolved.set(nameKey(one), one);
  }
  return recipients([...accounts.values()], [...unresolved.values()]);
}

function audienceOfOne(to: Account | string, online: Online): Audience {
  const account = typeof to === 'string' ? online.find(to) : to;
  return account === undefined ? recipients([], [to as string]) : recipients([account]);
}

/**
 * A message as entries: one in its room or in the conversation of its sender and recipients. For more recipients than a
 * conversation holds, one in the sender's conversation with each of them.
 */
export function entriesOf(draft: Draft): NewEntry[] {
  const { audience, room, from } = draft;
  if ('group' in audience) return [draft.entry({ room }, draft.approved)];
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

/** @param entry its entry, once it is appended as one */
export function messageOf(draft: Draft, id: number, entry?: Entry): Message {
  const { from, room, kind, audience, text, reply, time } = draft;
  const named = 'group' in audience ? audience : recipients([...audience.accounts], [...audience.unresolved]);
  const place = { id, room: entry?.room ?? room, roomName: entry?.roomName ?? '', seq: entry?.seq ?? 0 };
  return { ...place, ...textIn(text), from, kind, audience: named, reply, time, repeat: false };
}

/** A change of a message: the kind of its entry, and the id of the message. */
export interface Change {
  readonly kind: string;
  readonly of: number;
}

/**
 * A message before it is sent. A class, because V8 gives each object literal with accessors its own shape, which
 * retains the text until the next full collection: 50 MB of messages took 100 MB more.
 */
export class Draft implements MessageDraft {
  readonly from: Account;
  readonly room: number;
  readonly kind: string;
  readonly audience: Audience;
  readonly time: number;
  readonly once: IdempotencyKey | undefined;
  readonly reply: number | undefined;
  readonly of: number | undefined;
  readonly approved: boolean;
  readonly #device: string;
  readonly #isRemoved: (account: number) => boolean;
  /** Whether it must not be kept. */
  readonly #isEphemeral: boolean;
  #text: string;
  #origin: string | undefined;
  #mentions: number[] | undefined;
  #mentionsAll: boolean | undefined;
  isKept = false;
  /** Whether it may be rewritten now. */
  isOpen = false;
  refusal: Refusal | undefined;
  /** The outcome of the guards, to be settled once the message was sent or refused. */
  passage: Passage<Refusal, Refusal> | undefined;

  /** @param change what it is, where it is not a new message */
  constructor(post: Post, audience: Audience, time: number, isRemoved: (account: number) => boolean, change?: Change) {
    const { from, to, text, once, reply, form, device = '', approved = false } = post;
    this.from = presentableSender(from);
    this.room = to === 'everyone' || to === 'online' ? EVERYONE : 'room' in to ? to.room : 0;
    this.audience = audience;
    this.time = time;
    this.once = once;
    this.reply = reply;
    this.kind = change?.kind ?? form ?? 'message';
    this.of = change?.of;
    this.approved = approved;
    this.#device = device;
    this.#isRemoved = isRemoved;
    this.#isEphemeral = to === 'online';
    this.#text = cleanLines(text);
  }

  get text(): string {
    return this.#text;
  }

  /** Removes control characters at once: the log keeps this text. */
  set text(rewritten: string) {
    if (!this.isOpen) throw new TypeError("a message's `text` can be set in the phase `transform` of onMessage only");
    this.#text = cleanLines(rewritten);
  }

  get senderRemoved(): boolean {
    return this.#isRemoved(this.from.id);
  }

  get unknown(): string[] {
    return 'group' in this.audience ? [] : [...this.audience.unresolved];
  }

  keep(origin?: string): void {
    this.isKept = !this.#isEphemeral;
    this.#origin = origin;
  }

  mention(whom: readonly number[] | 'everyone'): void {
    if (whom === 'everyone') this.#mentionsAll = true;
    else this.#mentions = [...(this.#mentions ?? []), ...whom];
  }

  refuse(refusal: Refusal): void {
    this.refusal = refusal;
  }

  entry(to: Destination, toSender: boolean): NewEntry {
    return {
      to,
      kind: this.kind,
      version: 1,
      counts: true,
      sender: this.from.id,
      from: this.from.name,
      device: this.#device,
      toSender,
      body: this.#text,
      reply: this.reply,
      mentions: this.#mentions,
      mentionsAll: this.#mentionsAll,
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
