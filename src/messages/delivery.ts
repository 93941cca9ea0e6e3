import { type Entry, EVERYONE } from '../api/entry.ts';
import type { LiveKind, MessageContext, UsedLog } from './context.ts';
import { Memberships } from './memberships.ts';
import type { Online } from './online.ts';
import type { Recipient } from './recipient.ts';
import { Rendered } from './rendered.ts';

const NO_KINDS: ReadonlyMap<string, LiveKind> = new Map();

/**
 * Delivers the log's entries to their recipients online, in the order of their ids, whichever process appended them.
 */
export class Delivery {
  readonly online: Online;
  readonly #context: MessageContext;
  readonly #memberships = new Memberships();
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
    await this.#memberships.load(account, (id) => log.roomsOf(id, 'room'));
    this.forgetRooms(account);
  }

  /** Forgets the rooms of an account, unless it is online. */
  forgetRooms(account: number): void {
    if (this.online.of(account).length === 0) this.#memberships.forget(account);
  }

  #follow = (entries: readonly Entry[]): void => {
    for (const entry of entries) {
      if (entry.id <= this.#tail) continue;
      this.#tail = entry.id;
      try {
        this.#memberships.note(entry);
        this.deliver(entry);
      } catch (err) {
        this.#context.environment.logger.error(
          { event: 'internal-error', entry: entry.id, err },
          'an entry could not be delivered',
        );
      }
    }
  };

  /** Delivers an entry that was appended to the log, or that no log keeps. */
  deliver(entry: Entry): void {
    const rendered = new Rendered(entry, this);
    const { members, room } = entry;
    if (entry.kind === 'message') this.#context.environment.counters.given(rendered.message);
    if (members !== undefined) for (const member of members) offer(rendered, this.online.of(member));
    else if (room === EVERYONE) for (const sessions of this.online.all()) offer(rendered, sessions);
    else for (const member of this.#memberships.of(room)) offer(rendered, this.online.of(member));
  }
}

function offer(rendered: Rendered, sessions: readonly Recipient[]): void {
  for (const session of sessions) if (isFor(rendered.entry, session)) session.feed.offer(rendered);
}

/**
 * Whether an entry for its account is for a session too. An account's own entries go to its other named devices only,
 * unless they are addressed to the account itself.
 */
export function isFor({ sender, toSender, device }: Entry, { account, deviceName }: Recipient): boolean {
  if (sender !== account?.id || toSender) return true;
  return deviceName !== '' && device !== deviceName;
}
