import { type KeyOwners, type Logger, OperationalError, z } from 'chatserv';
import type { Bus } from './bus.ts';
import type { Owners } from './owners.ts';
import type { Subjects } from './subjects.ts';

/** How long an owner may take by default, in milliseconds. */
const TIME = 2000;

const request = z.object({ name: z.string(), data: z.unknown() });

/** What an owner answers; neither, if it has no such handler. */
const response = z.object({ result: z.unknown().optional(), error: z.string().optional() });

export interface AskingOwnersOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly owners: Owners;
  /** This server, by a name that no other has. */
  readonly server: string;
  readonly logger: Logger;
  /** Whether a reload has not replaced this plugin. */
  isCurrent(): boolean;
}

/** Asks the owners of keys over the bus, and answers others for those of this server. */
export class AskingOwners implements KeyOwners {
  readonly #options: AskingOwnersOptions;
  readonly #handlers = new Map<string, (data: unknown) => unknown>();

  constructor(options: AskingOwnersOptions) {
    this.#options = options;
  }

  start(): void {
    const { bus, subjects, server, isCurrent } = this.#options;
    bus.subscribe(subjects.owner(server), (text, respond) => {
      if (isCurrent()) void this.#answer(text, respond);
    });
  }

  handle(name: string, act: (data: unknown) => unknown): () => void {
    this.#handlers.set(name, act);
    return () => {
      // A reload may have replaced it.
      if (this.#handlers.get(name) === act) this.#handlers.delete(name);
    };
  }

  async ask(name: string, key: string, data: unknown, time = TIME): Promise<unknown> {
    const { bus, subjects, owners, server } = this.#options;
    const text = JSON.stringify({ name, data });
    for (;;) {
      const owner = owners.of(key);
      if (owner === server) break;
      const answer = await bus.askOne(subjects.owner(owner), text, time);
      if (answer !== undefined) {
        const { error, result } = response.parse(JSON.parse(answer));
        // No fault of the plugin that asks, which must not be quarantined for it: that server's database is away, say.
        if (error !== undefined) throw new OperationalError(`the server that owns the key failed: ${error}`);
        if (result === undefined) break;
        return result;
      }
      owners.lost(owner);
    }
    return this.#handlers.get(name)?.(data);
  }

  async #answer(text: string, respond: (text: string) => void): Promise<void> {
    try {
      const { name, data } = request.parse(JSON.parse(text));
      respond(JSON.stringify({ result: await this.#handlers.get(name)?.(data) }));
    } catch (err) {
      this.#options.logger.error(
        { event: 'nats-error', err },
        'NATS: what another server asked of the owner of a key failed',
      );
      respond(JSON.stringify({ error: err instanceof Error ? err.message : String(err) }));
    }
  }
}
