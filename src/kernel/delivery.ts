import type { Account } from './account.ts';
import { Rendered } from './feed.ts';
import type { Hooks } from './hooks.ts';
import { type Audience, type Message, type MessageDraft, type Once, withoutControls } from './message.ts';
import { nameKey } from './names.ts';
import type { Online } from './online.ts';
import type { Tally } from './tally.ts';
import type { Refusal } from './verdicts.ts';

/** What is to be said, and to whom. */
export interface Post {
  /**
   * Whom it is from: the account of who calls a command, one that the plugin has made (`Accounts.create`), or, for what
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

/** A place in the order of deliveries, taken before it is known what is delivered there. */
interface Place {
  readonly id: number;
  message?: Message;
}

/** Takes messages from who says them to who is online: those that are kept in the order of their ids. */
export class Delivery {
  readonly #online: Online;
  readonly #tally: Tally;
  /** The places that are taken and not delivered yet, in the order of their ids. */
  #places: Place[] = [];
  #lastId = 0;
  /** How many messages were said. */
  said = 0;

  constructor(online: Online, tally: Tally) {
    this.#online = online;
    this.#tally = tally;
  }

  /**
   * Sends a message: the plugins have their say, then everyone who is online and meant is given it.
   * @param now when it was said, in milliseconds since 1970
   * @param ordered called when nothing that is posted from then on can come before it
   * @returns what was sent and who is unknown, or why it was not sent
   */
  async post(post: Post, hooks: Hooks, now: number, ordered?: () => void): Promise<Posted | Refusal> {
    let kept: Promise<Place> | undefined;
    let decided = false;
    let before: number | undefined;
    const began = performance.now();
    let text = withoutControls(post.text);
    const draft: MessageDraft = {
      from: presentableSender(post.from),
      audience: this.#audience(post.to),
      get text() {
        return text;
      },
      // Clean from here on: it is what the log keeps.
      set text(rewritten) {
        text = withoutControls(rewritten);
      },
      time: now,
      once: post.once,
      saidBefore: (id) => {
        before = id;
      },
      place: (id) => {
        kept = id.then((id) => this.#take(id));
        // A plugin that was too slow for the sender to wait keeps the message all the same: then it is also given.
        if (decided) kept.then(send).catch(() => {});
      },
    };
    const send = (place?: Place): Message => {
      const message = messageOf(draft, place?.id ?? 0);
      if (place === undefined) this.#give(message);
      else this.#settle(place, message);
      return message;
    };
    const refusal = hooks.onMessage.isUsed() ? await hooks.onMessage.promise(draft) : undefined;
    decided = true;
    const keeping = kept as Promise<Place> | undefined;
    // What is being kept is said: it can be refused before, not after.
    if (refusal !== undefined && keeping === undefined) return refusal;
    ordered?.();
    const place = await keeping;
    if (place !== undefined) this.#tally.keeping.took(performance.now() - began);
    const message = before === undefined ? send(place) : messageOf(draft, before);
    const { audience } = draft;
    return { message, unknown: 'group' in audience ? [] : audience.absent };
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

  #take(id: number): Place {
    if (id <= this.#lastId) throw new Error(`message ${id} was placed after message ${this.#lastId}`);
    this.#lastId = id;
    const place = { id };
    this.#places.push(place);
    return place;
  }

  /** Fills a place, and delivers what has become the front of the row. */
  #settle(place: Place, message: Message): void {
    place.message = message;
    let ready = 0;
    for (let front = this.#places[ready]; front?.message !== undefined; front = this.#places[++ready]) {
      this.#give(front.message);
    }
    if (ready > 0) this.#places = this.#places.slice(ready);
  }

  #give(message: Message): void {
    this.said++;
    this.#tally.given(message);
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

/** The sender, with a name that stays on its line: a plugin may post as whatever it likes. */
function presentableSender(from: Account): Account {
  const name = withoutControls(from.name);
  return name === from.name ? from : { ...from, name };
}
