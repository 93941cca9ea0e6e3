import { type Quotas, type QuotaUse, z } from 'chatserv';
import type { Bus } from './bus.ts';
import type { Subjects } from './subjects.ts';

/** How many uses a message has at most. */
const AT_ONCE = 1000;

/** Uses of a server, each as its quota, key, amount and rate: times would mean nothing to another server's clock. */
const announcement = z.object({
  server: z.string(),
  uses: z.array(z.tuple([z.string(), z.string(), z.int(), z.number().nonnegative()])),
});

export interface QuotaAnnouncementsOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly quotas: Quotas;
  /** This server, by a name that no other has. */
  readonly server: string;
  /** Whether a reload has not replaced this plugin. */
  isCurrent(): boolean;
}

/** Announces what this server takes of quotas, and counts what others take. */
export class QuotaAnnouncements {
  readonly #options: QuotaAnnouncementsOptions;
  /** What was taken in this turn of the event loop, by quota and key. */
  #taken = new Map<string, { quota: string; key: string; amount: number; rate: number }>();
  #unfollow = (): void => {};

  constructor(options: QuotaAnnouncementsOptions) {
    this.#options = options;
  }

  start(): void {
    const { bus, subjects, quotas } = this.#options;
    this.#unfollow();
    this.#unfollow = quotas.follow((use) => this.#add(use));
    bus.subscribe(subjects.quotas, (text) => this.#announced(text));
  }

  stop(): void {
    this.#unfollow();
  }

  #announced(text: string): void {
    const { server, uses = [] } = read(text) ?? {};
    // The connection from before a reload may still say something.
    if (server === this.#options.server || !this.#options.isCurrent()) return;
    for (const [quota, key, amount, rate] of uses) this.#options.quotas.note({ quota, key, amount, rate });
  }

  #add({ quota, key, amount, rate }: QuotaUse): void {
    if (!this.#options.isCurrent()) return;
    if (this.#taken.size === 0) setImmediate(() => this.#announce());
    const name = JSON.stringify([quota, key]);
    const taken = this.#taken.get(name) ?? { quota, key, amount: 0, rate: 0 };
    taken.amount += amount;
    taken.rate ||= rate;
    this.#taken.set(name, taken);
  }

  #announce(): void {
    const { bus, subjects, server } = this.#options;
    const taken = [...this.#taken.values()].filter(({ amount }) => amount !== 0);
    this.#taken.clear();
    for (let i = 0; i < taken.length; i += AT_ONCE) {
      const uses = taken.slice(i, i + AT_ONCE).map(({ quota, key, amount, rate }) => [quota, key, amount, rate]);
      bus.publish(subjects.quotas, JSON.stringify({ server, uses }));
    }
  }
}

function read(text: string): z.infer<typeof announcement> | undefined {
  try {
    return announcement.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
