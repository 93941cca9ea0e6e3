import type { Account } from './account.ts';
import type { Counters } from './environment.ts';
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
import { Rendered } from './rendered.ts';
import type { Passage } from './reservation.ts';
import { type Refusal, refuse } from './verdicts.ts';

/** What is to be said, and to whom. */
export interface Post {
  /**
   * Whom it is from: the account of who calls a command, a bot's (`claimBot`), or, for what
   * no account says, `{ id: 0, name: '*server*' }`. No user can be called by a name with `*`; the page shows what is from
   * `*server*` as an announcement.
   */
  readonly from: Account;
  /** Everyone who is registered, without the sender; or accounts, by name or as such, each once. */
  readonly to: 'everyone' | readonly (string | Account)[];
  /** One line: control characters are removed, and what ends a line becomes a blank. Several lines are several posts. */
  readonly text: string;
  /** Where its sender may send it again. */
  readonly once?: Once | undefined;
}

/** What became of what was posted. */
export interface Posted {
  /** As it was given to its recipients: with the text as hooks left it, and its id. */
  readonly message: Message;
  /** The names that stand for nobody whom the message can reach, as they were given. */
  readonly unknown: readonly string[];
}

/** Takes messages from who says them to who is online: those that are kept in the order of their ids. */
export class Delivery {
  readonly #online: Online;
  readonly #counters: Counters;
  readonly #isRemoved: (account: number) => boolean;
  #lastId = 0;
  /** How many messages were said. */
  said = 0;

  /** @param isRemoved whether an account does not exist any more */
  constructor(online: Online, counters: Counters, isRemoved: (account: number) => boolean) {
    this.#online = online;
    this.#counters = counters;
    this.#isRemoved = isRemoved;
  }

  /**
   * Sends a message: the plugins decide, then it is kept, then everyone online whom it is for is given it. Plugins that
   * only watch hold up nothing.
   * @param now when it was said, in milliseconds since 1970
   * @param ordered called when nothing that is posted from then on can come before it
   * @returns what was sent and which names are unknown, or why it was not sent
   */
  async post(post: Post, hooks: Hooks, now: number, ordered?: () => void): Promise<Posted | Refusal> {
    const began = performance.now();
    const isRemoved = this.#isRemoved;
    if (isRemoved(post.from.id)) return refuse('removed');
    const placed = Promise.withResolvers<undefined>();
    let kept: Promise<Posted> | undefined;
    let keepLast: (() => Promise<number | Duplicate>) | undefined;
    let unkept: Refusal | undefined;
    let refusal: Refusal | undefined;
    const keep = (place: Promise<number | Duplicate>): Promise<Posted> => {
      kept = this.#keep(draft, place, began, hooks);
      // A sender who was told that it took too long does not wait for it any more.
      kept.catch(() => {});
      placed.resolve(undefined);
      ordered?.();
      return kept;
    };
    let before = post.once && (await firstAnswer(post.from, post.once, hooks));
    const draft = new Draft(post, this.#audience(post.to), now, isRemoved, {
      saidBefore: (id) => {
        before = { duplicateOf: id, unknown: unknownOf(draft) };
      },
      place: (place) => {
        if (typeof place === 'function') keepLast = place;
        else if (isPromise(place)) keep(place);
        else unkept = place;
      },
    });
    if (before === undefined) {
      const { guard, transform } = hooks.onMessage;
      let passage: Passage<Refusal, Refusal> | undefined;
      try {
        if (guard.isUsed()) {
          const passing = guard.run(draft);
          passage = isPromise(passing) ? await passing : passing;
          refusal = passage.refusal;
        }
        if (refusal === undefined && transform.isUsed()) {
          draft.isOpen = true;
          const rewriting = transform.run(draft);
          refusal = isPromise(rewriting) ? await Promise.race([placed.promise, rewriting]) : rewriting;
          draft.isOpen = false;
        }
        if (kept !== undefined) return await (kept as Promise<Posted>);
        refusal ??= unkept ?? (draft.senderRemoved ? refuse('removed') : undefined);
        if (refusal !== undefined) return refusal;
        if (before === undefined && keepLast !== undefined) return await keep(keepLast());
      } finally {
        passage?.settle(refusal);
      }
    }
    ordered?.();
    const message = messageOf(draft, before?.duplicateOf ?? 0);
    if (before === undefined) this.#give(message, hooks);
    return { message, unknown: before?.unknown ?? unknownOf(draft) };
  }

  /** Delivers a message as it is now, once it is in the log. Promises of earlier messages have resolved before. */
  async #keep(draft: MessageDraft, place: Promise<number | Duplicate>, began: number, hooks: Hooks): Promise<Posted> {
    const unknown = unknownOf(draft);
    const { audience } = draft;
    const kept = {
      ...messageOf(draft, 0),
      audience: 'group' in audience ? audience : { accounts: [...audience.accounts], absent: unknown },
    };
    const id = await place;
    this.#counters.kept(performance.now() - began);
    if (typeof id === 'object') return { message: { ...kept, id: id.duplicateOf }, unknown: id.unknown };
    if (id <= this.#lastId) throw new Error(`message ${id} was placed after message ${this.#lastId}`);
    this.#lastId = id;
    const message = { ...kept, id };
    this.#give(message, hooks);
    return { message, unknown };
  }

  /** Whom it is for, each once, whatever spellings were given. */
  #audience(to: Post['to']): Audience {
    if (to === 'everyone') return { group: 'everyone' };
    const accounts = new Map<number, Account>();
    const absent = new Map<string, string>();
    for (const one of to) {
      const account = typeof one === 'string' ? this.#online.find(one) : one;
      if (account !== undefined) accounts.set(account.id, account);
      else if (typeof one === 'string' && !absent.has(nameKey(one))) absent.set(nameKey(one), one);
    }
    return { accounts: [...accounts.values()], absent: [...absent.values()] };
  }

  /** Gives a message to those online, and tells those who watch, for whom nobody waits. */
  #give(message: Message, hooks: Hooks): void {
    this.said++;
    this.#counters.given(message);
    this.#offer(message);
    const { observe } = hooks.onMessage;
    if (observe.isUsed()) observe.notify({ ...message });
  }

  #offer(message: Message): void {
    const rendered = new Rendered(message);
    if ('group' in message.audience) {
      for (const sessions of this.#online.all()) {
        for (const session of sessions) {
          if (session.account?.id !== message.from.id) session.feed.offer(rendered);
        }
      }
      return;
    }
    for (const account of message.audience.accounts) {
      for (const session of this.#online.of(account.id)) session.feed.offer(rendered);
    }
  }
}

function messageOf({ from, audience, text, time }: MessageDraft, id: number): Message {
  return { id, from, audience, text, time, repeat: false };
}

/**
 * A message on its way. A class, for V8 gives each object literal with accessors a shape of its own, which holds on to the
 * text until the next full collection: 50 MB of messages took 100 MB more.
 */
class Draft implements MessageDraft {
  readonly from: Account;
  readonly audience: Audience;
  readonly time: number;
  readonly once: Once | undefined;
  readonly saidBefore: MessageDraft['saidBefore'];
  readonly place: MessageDraft['place'];
  readonly #isRemoved: (account: number) => boolean;
  /** Whether it may be rewritten now. */
  isOpen = false;
  #text: string;

  constructor(
    { from, text, once }: Post,
    audience: Audience,
    time: number,
    isRemoved: (account: number) => boolean,
    { saidBefore, place }: Pick<MessageDraft, 'saidBefore' | 'place'>,
  ) {
    this.from = presentableSender(from);
    this.audience = audience;
    this.time = time;
    this.once = once;
    this.saidBefore = saidBefore;
    this.place = place;
    this.#isRemoved = isRemoved;
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
}

/** The sender, with a name that stays on its line: a plugin may post as whatever it likes. */
function presentableSender(from: Account): Account {
  const name = withoutControls(from.name);
  return name === from.name ? from : { ...from, name };
}

function unknownOf({ audience }: MessageDraft): string[] {
  return 'group' in audience ? [] : [...audience.absent];
}

/** How a message that is sent again was answered the first time, if it was kept. */
async function firstAnswer(from: Account, once: Once, hooks: Hooks): Promise<Duplicate | undefined> {
  if (once.first !== undefined || !once.again) return once.first;
  return hooks.onRetry.decide.run(from, once.key);
}
