import type { ClientSession } from './client-session.ts';
import { type Entry, EVERYONE, type Follower } from './entry.ts';
import { Memberships, type RoomsOf } from './memberships.ts';
import type { Online } from './online.ts';
import { type LiveKind, Rendered } from './rendered.ts';
import type { SessionContext } from './session-context.ts';

/** What delivery needs of the log. */
export interface FollowedLog {
  head(): Promise<number>;
  follow(follower: Follower): () => void;
  roomsOf(account: number, kind: 'room'): ReturnType<RoomsOf>;
}

const NO_KINDS: ReadonlyMap<string, LiveKind> = new Map();

/** Takes entries from the log to those online whom they are for, in the order of their ids, whoever appended them. */
export class Delivery {
  readonly #context: SessionContext;
  readonly #memberships = new Memberships();
  #hasBegun = false;
  #log: FollowedLog | undefined;
  #unfollow = (): void => {};
  /** The id of the last entry that was delivered; what is in the log up to there, sessions read. */
  #tail = 0;

  constructor(context: SessionContext) {
    this.#context = context;
  }

  get online(): Online {
    return this.#context.online;
  }

  get kinds(): ReadonlyMap<string, LiveKind> {
    return this.#context.generation.kinds ?? NO_KINDS;
  }

  /** The id of the last entry that was delivered. */
  get tail(): number {
    return this.#tail;
  }

  /**
   * Begins to deliver what is appended to a log. What is in it by then is for sessions to read.
   * @throws when the log cannot be read
   */
  async begin(log: FollowedLog | undefined): Promise<void> {
    this.#hasBegun = true;
    this.follow(log);
    this.#tail = Math.max(this.#tail, (await log?.head()) ?? 0);
  }

  /** Follows another object for the same log, or none any more. Nothing is delivered twice. */
  follow(log: FollowedLog | undefined): void {
    if (log === this.#log || !this.#hasBegun) return;
    const unfollow = this.#unfollow;
    this.#log = log;
    this.#unfollow = log?.follow(this.#told) ?? (() => {});
    unfollow();
  }

  /** Finds out in which named rooms an account is that has come online. @throws when it cannot be read */
  async comes(account: number): Promise<void> {
    const log = this.#log;
    if (log === undefined) return;
    await this.#memberships.load(account, (id) => log.roomsOf(id, 'room'));
    if (this.online.of(account).length === 0) this.#memberships.forget(account);
  }

  /** A session of an account is online no more. */
  goes(account: number): void {
    if (this.online.of(account).length === 0) this.#memberships.forget(account);
  }

  /** Delivers an entry that no log keeps. */
  deliverUnkept(entry: Entry): void {
    this.#deliver(entry);
  }

  #told = (entries: readonly Entry[]): void => {
    for (const entry of entries) {
      if (entry.id <= this.#tail) continue;
      this.#tail = entry.id;
      try {
        this.#memberships.note(entry);
        this.#deliver(entry);
      } catch (err) {
        this.#context.environment.logger.error(
          { event: 'internal-error', entry: entry.id, err },
          'an entry could not be delivered',
        );
      }
    }
  };

  #deliver(entry: Entry): void {
    const rendered = new Rendered(entry, this);
    const { members, room } = entry;
    if (entry.kind === 'message') this.#context.environment.counters.given(rendered.message);
    if (members !== undefined) for (const member of members) offer(rendered, this.online.of(member));
    else if (room === EVERYONE) for (const sessions of this.online.all()) offer(rendered, sessions);
    else for (const member of this.#memberships.of(room)) offer(rendered, this.online.of(member));
  }
}

function offer(rendered: Rendered, sessions: readonly ClientSession[]): void {
  for (const session of sessions) if (isFor(rendered.entry, session)) session.feed.offer(rendered);
}

/**
 * Whether a session is given an entry for its account. A client that names its device is given what its account says on
 * the others; without one, nobody is given what the account says itself, unless that is addressed to it.
 */
export function isFor({ sender, toSender, device }: Entry, { account, deviceName }: ClientSession): boolean {
  if (sender !== account?.id || toSender) return true;
  return deviceName !== '' && device !== deviceName;
}
