import { type Entry, EVERYONE, isMessage } from '../api/entry.ts';
import type { LiveKind, LiveQuotes, MessageContext, UsedLog } from './context.ts';
import { Memberships } from './memberships.ts';
import type { Online } from './online.ts';
import type { Recipient } from './recipient.ts';
import { Rendered } from './rendered.ts';
import { Run, runsOf } from './run.ts';

const NO_KINDS: ReadonlyMap<string, LiveKind> = new Map();

/**
 * Delivers the log's entries to their recipients online, in the order of their ids, whichever process appended them.
 */
export class Delivery {
  /** Called with each entry of this process that no log keeps. */
  passOn: (entry: Entry) => void = () => {};
  readonly online: Online;
  readonly memberships = new Memberships();
  readonly #context: MessageContext;
  #hasBegun = false;
  #log: UsedLog | undefined;
  #unfollow = (): void => {};
  /** The id of the last entry that was delivered. Sessions read earlier ones from the log. */
  #tail = 0;

  constructor(context: MessageContext, online: Online) {
    this.#context = context;
    this.online = online;
  }

  get kinds(): ReadonlyMap<string, LiveKind> {
    return this.#context.generation.kinds ?? NO_KINDS;
  }

  get quotes(): LiveQuotes | undefined {
    return this.#context.generation.quotes;
  }

  /** The id of the last entry that was delivered. */
  get tail(): number {
    return this.#tail;
  }

  /** Begins to deliver new entries. Sessions read earlier ones from the log. @throws when the log cannot be read */
  async begin(): Promise<void> {
    this.#hasBegun = true;
    this.follow();
    this.#tail = Math.max(this.#tail, (await this.#log?.head()) ?? 0);
  }

  /** Follows the log of the live plugins, which a reload may have replaced. No entry is delivered twice. */
  follow(): void {
    const { log } = this.#context.generation;
    if (log === this.#log || !this.#hasBegun) return;
    const unfollow = this.#unfollow;
    this.#log = log;
    this.#unfollow = log?.follow(this.#follow) ?? (() => {});
    unfollow();
  }

  /** Reads the named rooms of an account online. @throws when they cannot be read */
  async loadRooms(account: number): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    await this.memberships.load(account, (id) => log.roomsOf(id, 'room'));
    this.forgetRooms(account);
  }

  /** Forgets the rooms of an account, unless it is online. */
  forgetRooms(account: number): void {
    if (this.online.of(account).length === 0) this.memberships.forget(account);
  }

  #follow = (entries: readonly Entry[]): void => {
    const tail = this.#tail;
    this.quotes?.note(entries);
    for (const run of runsOf(entries.filter(({ id }) => id > tail))) {
      const [first] = run;
      try {
        this.memberships.note(first);
        const rendered = this.#render(run);
        const [only] = rendered;
        if (only !== undefined) this.#offer(rendered.length === 1 ? only : new Run(rendered), first);
      } catch (err) {
        this.#failed(first, err);
      }
      // Not before: a session that ends meanwhile has got only what it was given.
      this.#tail = Math.max(this.#tail, (run.at(-1) ?? first).id);
    }
  };

  /** Delivers an entry that no log keeps. */
  deliver(entry: Entry): void {
    this.#offer(this.#rendered(entry), entry);
  }

  /** Those of the entries that can be delivered. */
  #render(entries: readonly Entry[]): Rendered[] {
    const rendered: Rendered[] = [];
    for (const entry of entries) {
      try {
        rendered.push(this.#rendered(entry));
      } catch (err) {
        this.#failed(entry, err);
      }
    }
    return rendered;
  }

  #rendered(entry: Entry): Rendered {
    const rendered = new Rendered(entry, this);
    if (isMessage(entry)) this.#context.environment.counters.given(rendered.message);
    return rendered;
  }

  #offer(offered: Rendered | Run, { members, room }: Entry): void {
    if (members !== undefined) for (const member of members) offer(offered, this.online.of(member));
    else if (room === EVERYONE) for (const sessions of this.online.all()) offer(offered, sessions);
    else for (const member of this.memberships.of(room)) offer(offered, this.online.of(member));
  }

  #failed({ id }: Entry, err: unknown): void {
    const { logger } = this.#context.environment;
    logger.error({ event: 'internal-error', entry: id, err }, 'an entry could not be delivered');
  }
}

function offer(offered: Rendered | Run, sessions: readonly Recipient[]): void {
  for (const session of sessions) {
    if (offered instanceof Run) session.feed.offerRun(offered);
    else if (isFor(offered.entry, session)) session.feed.offer(offered);
  }
}

/**
 * Whether an entry for its account is for a session too. An account's own entries go to its other named devices only,
 * unless they are addressed to the account itself.
 */
export function isFor({ sender, toSender, device }: Entry, { account, deviceName }: Recipient): boolean {
  if (sender !== account?.id || toSender) return true;
  return deviceName !== '' && device !== deviceName;
}
