/** The load clients of a run. */
import { Client } from './clients/client.ts';
import { Counters } from './clients/counters.ts';
import type { Protocol } from './clients/protocol.ts';

export { percentile } from './report/statistics.ts';

/** Where clients connect. */
export interface Target {
  /** The port of the next connection. */
  readonly port: number;
  /** Its default protocol. */
  readonly protocol: Protocol;
  /** How many clients can log in at once without delay. */
  readonly loginsAtOnce: number;
}

/** Clients of one server, or of several in turn: `u0`, `u1`, ..., or with another prefix. */
export class Load {
  readonly clients: Client[] = [];
  readonly counters = new Counters();
  readonly protocol: Protocol;
  readonly #target: Target;
  readonly #prefix: string;
  readonly #byName = new Map<string, Client>();

  constructor(target: Target, protocol: Protocol = target.protocol, prefix = 'u') {
    this.#target = target;
    this.protocol = protocol;
    this.#prefix = prefix;
  }

  /** Connects and logs in more clients. */
  async logIn(count: number): Promise<readonly Client[]> {
    const first = this.clients.length;
    const { loginsAtOnce } = this.#target;
    for (let from = 0; from < count; from += loginsAtOnce) {
      const names = Array.from(
        { length: Math.min(loginsAtOnce, count - from) },
        (_, i) => `${this.#prefix}${first + from + i}`,
      );
      const clients = await Promise.all(names.map((name) => this.connect(name)));
      await Promise.all(clients.map((client) => client.logIn()));
      this.clients.push(...clients);
    }
    return this.clients.slice(first);
  }

  async connect(name: string): Promise<Client> {
    const client = await Client.connect(name, this.#target.port, this.protocol, this.counters);
    this.#byName.set(name, client);
    return client;
  }

  /** Subscribes all clients to broadcasts. @param room the room that they join, for a server that has rooms */
  async join(room?: string): Promise<void> {
    const join = room === undefined ? this.protocol.join : this.protocol.joinRoom?.(room);
    if (join === undefined) return;
    // All at once, so that the server can write the notices of many joins together.
    await Promise.all(this.clients.map((client) => client.ask(join)));
  }

  /** Counts the receipts of some clients as answers, where the server answers no messages. */
  creditBy(clients: readonly Client[]): void {
    if (this.protocol.senderOf === undefined || this.protocol.echoes) return;
    for (const client of clients) client.credit = (sender) => this.#byName.get(sender)?.answered(1);
  }

  close(): void {
    for (const client of this.clients) client.close();
  }
}
