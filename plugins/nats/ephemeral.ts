import { randomUUID } from 'node:crypto';
import { type Account, type EphemeralEntry, EVERYONE, type Logger, type Presence, type Server, z } from 'chatserv';
import { LRU } from 'tiny-lru';
import type { Announcements } from './announcements.ts';
import type { Bus } from './bus.ts';
import type { Subjects } from './subjects.ts';

/** How many entries of other servers may wait for the log. */
const WAITING_MOST = 10_000;

/** How many entries are remembered, so that none is delivered twice. */
const KNOWN = 1000;

/** The keys of entries that were delivered. */
export type KnownKeys = Pick<LRU<true>, 'has' | 'set'>;

export function knownKeys(): KnownKeys {
  return new LRU(KNOWN);
}

const id = z.int().positive().optional();

const entry = z.object({
  kind: z.string(),
  version: z.int(),
  counts: z.boolean(),
  sender: z.int(),
  from: z.string(),
  device: z.string(),
  toSender: z.boolean(),
  body: z.string(),
  of: id,
  reply: id,
  mentionsAll: z.boolean().optional(),
  time: z.number(),
  room: z.int(),
  members: z.array(z.int()).optional(),
}) satisfies z.ZodType<EphemeralEntry>;

/** An entry on the way to other servers. */
const passed = z.object({
  /** Identifies it. */
  key: z.string(),
  /** It comes after the entry of the log with this id: its sender may have appended that before. */
  after: z.int(),
  entry,
});

export interface EphemeralOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly announcements: Announcements;
  readonly presence: Presence;
  readonly server: Server;
  readonly logger: Logger;
  /** They outlive a reload. */
  readonly known: KnownKeys;
  /** Whether no later one is at work, after a reload. */
  isCurrent(): boolean;
}

/**
 * Passes entries that no log keeps on to other servers, whole: they travel on the subjects of the announcements, which a
 * server subscribes to for its users, rooms and everyone.
 */
export class Ephemeral {
  readonly #options: EphemeralOptions;
  readonly #name = randomUUID();
  #sent = 0;
  /** Resolves when the entries so far are delivered, one after the other. */
  #delivered = Promise.resolve();
  #waiting = 0;
  #stop = (): void => {};

  constructor(options: EphemeralOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stop = this.#options.server.followEphemeral((entry) => this.#send(entry));
  }

  stop(): void {
    this.#stop();
  }

  #send(entry: EphemeralEntry): void {
    const { bus, announcements, isCurrent, logger } = this.#options;
    const subjects = this.#subjectsOf(entry);
    if (subjects.length === 0 || !isCurrent()) return;
    const text = JSON.stringify({ key: `${this.#name} ${++this.#sent}`, after: announcements.own, entry });
    try {
      for (const subject of subjects) bus.publish(subject, text);
    } catch (err) {
      // It is larger than NATS allows.
      logger.error({ event: 'nats-error', err }, 'NATS: a message that is not stored did not reach other servers');
    }
  }

  /** One for each account that is online elsewhere: an account in a direct conversation is mostly on one server. */
  #subjectsOf({ room, members }: EphemeralEntry): string[] {
    const { subjects, presence } = this.#options;
    if (members === undefined) return [room === EVERYONE ? subjects.all : subjects.room(room)];
    return members.filter((member) => isElsewhere(presence, { id: member })).map((member) => subjects.account(member));
  }

  /** Another server has passed something on. */
  receive(data: unknown): void {
    const { server, known, logger } = this.#options;
    const given = passed.safeParse(data).data;
    if (given === undefined || known.has(given.key)) return;
    known.set(given.key, true);
    if (this.#waiting >= WAITING_MOST) {
      server.countLimitHit('messages-of-other-servers');
      return;
    }
    this.#waiting++;
    this.#delivered = this.#delivered.then(async () => {
      try {
        await this.#options.announcements.reach(given.after);
        await server.deliverEphemeral(given.entry);
      } catch (err) {
        logger.error({ event: 'nats-error', err }, 'NATS: a message of another server could not be delivered');
      }
      this.#waiting--;
    });
  }
}

/** Whether an account is online on another server. */
export function isElsewhere(presence: Presence, account: Pick<Account, 'id'>): boolean {
  return (presence.elsewhere?.(account) ?? []).length > 0;
}
