import { hostname } from 'node:os';
import {
  type Account,
  type Logger,
  type OtherAnswer,
  type OtherServers,
  type Presence,
  type SteadyClock,
  z,
} from 'chatserv';
import { parsed } from './announcements.ts';
import type { Bus } from './bus.ts';
import { isElsewhere } from './ephemeral.ts';
import type { Subjects } from './subjects.ts';

/** How long servers may take to answer by default, in milliseconds. */
const ASK_TIME = 1000;

/** How long to wait for further servers, after each response: at least so many milliseconds, and a share of the time. */
const [STALL_LEAST, STALL_SHARE] = [300, 0.05];

/** A response: that a server has begun, or its answer. */
const response = z.union([
  z.object({ server: z.string(), begun: z.literal(true) }),
  z.object({ server: z.string(), error: z.string() }),
  z.object({ server: z.string(), result: z.unknown() }),
]);

/** What is told on an account's subject. */
const told = z.object({ name: z.string(), data: z.unknown() });

export interface AskingOptions {
  readonly bus: Bus;
  readonly subjects: Subjects;
  readonly presence: Presence;
  readonly logger: Logger;
  /** Calls back later. @returns cancels that */
  after(milliseconds: number, call: () => void): () => void;
}

/** Tells and asks other servers over the bus, and answers them. */
export class Asking implements OtherServers {
  readonly #bus: Bus;
  readonly #subjects: Subjects;
  readonly #logger: Logger;
  readonly #after: SteadyClock['after'];
  readonly #presence: Presence;
  readonly #handlers = new Map<string, { act(data: unknown): unknown }>();
  readonly #watchers = new Set<{ returned(): void }>();

  constructor({ bus, subjects, presence, logger, after }: AskingOptions) {
    this.#bus = bus;
    this.#subjects = subjects;
    this.#presence = presence;
    this.#logger = logger;
    this.#after = after;
  }

  handle(name: string, act: (data: unknown) => unknown): () => void {
    const subject = this.#subjects.ask(name);
    const handler = { act };
    this.#handlers.set(name, handler);
    this.#bus.subscribe(subject, (text, respond) => void this.#handle(name, act, parsed(text), respond));
    return () => {
      // Another one may have replaced it.
      if (this.#handlers.get(name) !== handler) return;
      this.#handlers.delete(name);
      this.#bus.unsubscribe(subject);
    };
  }

  tell(name: string, data: unknown, account?: Pick<Account, 'id'>): void {
    if (account === undefined) this.#bus.publish(this.#subjects.ask(name), JSON.stringify(data));
    else if (isElsewhere(this.#presence, account)) {
      this.#bus.publish(this.#subjects.account(account.id), JSON.stringify({ name, data }));
    }
  }

  /** Another server has told the servers of an account something, unless it is something else. */
  receive(passed: unknown): void {
    const { name = '', data } = told.safeParse(passed).data ?? {};
    const act = this.#handlers.get(name)?.act;
    if (act !== undefined) void this.#handle(name, act, data, () => {});
  }

  async ask(name: string, data: unknown, time = ASK_TIME): Promise<readonly OtherAnswer[]> {
    await this.#bus.tried;
    const answers: OtherAnswer[] = [];
    const begun = new Set<string>();
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const stall = Math.max(STALL_LEAST, time * STALL_SHARE);
    let cancelStall = this.#after(stall, resolve);
    const cancelLate = this.#after(time, resolve);
    const stop = this.#bus.request(this.#subjects.ask(name), JSON.stringify(data), (text) => {
      if (text === undefined) return resolve();
      const given = response.safeParse(parsed(text)).data;
      if (given === undefined) return;
      cancelStall();
      if ('begun' in given) begun.add(given.server);
      else {
        begun.delete(given.server);
        answers.push(given);
      }
      cancelStall = begun.size > 0 ? () => {} : this.#after(stall, resolve);
    });
    await ended;
    for (const server of begun) answers.push({ server, error: `it takes longer than ${time / 1000} s` });
    cancelStall();
    cancelLate();
    stop();
    return answers;
  }

  watch(returned: () => void): () => void {
    const watcher = { returned };
    this.#watchers.add(watcher);
    return () => void this.#watchers.delete(watcher);
  }

  /** The bus can be used again. */
  returned(): void {
    for (const { returned } of this.#watchers) returned();
  }

  async #handle(
    name: string,
    act: (data: unknown) => unknown,
    data: unknown,
    respond: (text: string) => void,
  ): Promise<void> {
    const server = `${hostname()} (${process.pid})`;
    const answer = (given: object) => respond(JSON.stringify({ server, ...given }));
    try {
      const result = act(data);
      if (result instanceof Promise) answer({ begun: true });
      answer({ result: await result });
    } catch (err) {
      this.#logger.error({ event: 'nats-error', err }, `NATS: what another server asked for failed (${name})`);
      answer({ error: err instanceof Error ? err.message : String(err) });
    }
  }
}
