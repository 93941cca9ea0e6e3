import { type Collection, KeyedQueue, NumberedValues, type Storage, z } from 'chatserv';

/** Who handles a report: the moderators of a room, by its id, or those of the server. */
export type Queue = number | 'server';

/** One user's report of a message. */
const reporter = z.strictObject({
  account: z.int(),
  /** May be empty. */
  reason: z.string(),
  /** In milliseconds since 1970. */
  time: z.number(),
});

/** The reports of one message. Its text stays in the log alone. */
const report = z.strictObject({ sender: z.int(), reporters: z.array(reporter) });

export type Reporter = z.infer<typeof reporter>;
export type Report = z.infer<typeof report>;

/** An open report; its id is that of the message. */
export interface OpenReport extends Report {
  readonly id: number;
  readonly queue: Queue;
}

/** The most users that one report names; more of them add nothing. */
const REPORTERS = 50;

/** The open reports, which the store keeps. A message has one, which further users add to. */
export class ReportRegister {
  /** By queue, numbered by the ids of the messages. */
  readonly #reports: NumberedValues<Report>;
  /** The queue of each reported message, by its id. */
  readonly #queues: Collection<Queue>;
  /** Runs one change after the other, so that no queue grows beyond its limit. */
  readonly #turns = new KeyedQueue<'change'>();

  constructor(storage: Storage) {
    this.#reports = new NumberedValues(storage.open('reports', report));
    this.#queues = storage.open('reported-messages', z.union([z.int(), z.literal('server')]));
  }

  /** The open report of a message, if there is one. */
  async find(id: number): Promise<OpenReport | undefined> {
    const queue = await this.#queues.get(String(id));
    if (queue === undefined) return undefined;
    const found = await this.#reports.get(queue, id);
    return found && { ...found, id, queue };
  }

  /**
   * Adds a user's report of a message.
   * @param most how many open reports a queue may have
   * @returns how many reports the queue has now, and whether this one is new; or undefined if the queue is full
   */
  add(
    { id, queue: wanted, sender }: Omit<OpenReport, 'reporters'>,
    by: Reporter,
    most: number,
  ): Promise<{ readonly queue: Queue; readonly open: number; readonly isNew: boolean } | undefined> {
    return this.#turns.run('change', async () => {
      const known = await this.find(id);
      const queue = known?.queue ?? wanted;
      const open = await this.count(queue, most);
      if (known === undefined && open >= most) return undefined;
      await this.#queues.set(String(id), queue);
      await this.#reports.update(queue, id, ({ reporters } = { sender, reporters: [] }) => {
        const isListed = reporters.length >= REPORTERS || reporters.some(({ account }) => account === by.account);
        return { sender, reporters: isListed ? reporters : [...reporters, by] };
      });
      return { queue, open: known === undefined ? open + 1 : open, isNew: known === undefined };
    });
  }

  /** Closes a report. @returns it; undefined if another moderator was faster */
  close({ id, queue }: OpenReport): Promise<Report | undefined> {
    return this.#turns.run('change', async () => {
      const closed = await this.#reports.take(queue, id);
      await this.#queues.delete(String(id));
      return closed;
    });
  }

  /** How many reports of a queue are open, up to `most`. */
  async count(queue: Queue, most: number): Promise<number> {
    return (await this.#reports.list(queue, most)).length;
  }

  /** Up to `limit` open reports of a queue with ids above `after`, by id. */
  async list(queue: Queue, limit: number, after = 0): Promise<OpenReport[]> {
    const page = await this.#reports.list(queue, limit, after);
    return page.map(({ number, value }) => ({ ...value, id: number, queue }));
  }

  /** The queues with open reports. */
  async queues(): Promise<Queue[]> {
    return (await this.#reports.groups()).map((group) => (group === 'server' ? group : Number(group)));
  }

  /** Drops the reports of a room that no longer exists. */
  async dropRoom(room: number): Promise<void> {
    for (const open of await this.list(room, Number.MAX_SAFE_INTEGER)) await this.close(open);
  }

  /** Forgets who reported, for an account that was removed. Its reports stay open. */
  async forget(account: number): Promise<void> {
    for (const queue of await this.queues()) {
      for (const { id, reporters } of await this.list(queue, Number.MAX_SAFE_INTEGER)) {
        if (!reporters.some((one) => one.account === account)) continue;
        await this.#reports.update(
          queue,
          id,
          (open) => open && { ...open, reporters: open.reporters.filter((one) => one.account !== account) },
        );
      }
    }
  }
}
