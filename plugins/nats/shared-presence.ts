import { KeyedQueue, type Presence, type Server, type SteadyClock, z } from 'chatserv';
import { inGroups } from './in-groups.ts';
import type { Peers } from './peers.ts';
import type { Held, Replica } from './replica.ts';

/** An account's devices on a server, under the key `online.<account>.<server>`. */
const online = z.object({ name: z.string(), devices: z.array(z.string()) });

/** The wait before a key that could not be set is tried again, in milliseconds. */
const AGAIN = 5000;

const KEY = /^online\.(-?\d+)\.([\w-]+)$/;

/** Tells other servers who is online here, and shows who is online there. */
export class SharedPresence {
  readonly #replica: Replica;
  readonly #peers: Peers;
  readonly #server: string;
  readonly #local: Server;
  readonly #presence: Presence;
  readonly #after: SteadyClock['after'];
  /** What other servers' keys show, by key: ends that. */
  readonly #shown = new Map<string, () => void>();
  /** The accounts here whose keys are set, or may be. */
  readonly #told = new Set<number>();
  readonly #queue = new KeyedQueue<number>();

  constructor(
    replica: Replica,
    peers: Peers,
    server: string,
    local: Server,
    presence: Presence,
    after: SteadyClock['after'],
  ) {
    this.#replica = replica;
    this.#peers = peers;
    this.#server = server;
    this.#local = local;
    this.#presence = presence;
    this.#after = after;
  }

  /** A session of an account came or went. */
  tell(id: number): Promise<void> {
    return this.#queue.run(id, async () => {
      const sessions = this.#local.sessionsOf({ id, name: '' });
      const name = sessions[0]?.account?.name;
      const key = `online.${id}.${this.#server}`;
      try {
        if (name !== undefined) {
          this.#told.add(id);
          await this.#replica.put(key, JSON.stringify({ name, devices: sessions.map(({ deviceName }) => deviceName) }));
        } else if (this.#told.has(id)) {
          await this.#replica.remove(key);
          this.#told.delete(id);
        }
      } catch {
        // Otherwise all are told again once NATS is connected again.
        if (this.#replica.isReady) this.#after(AGAIN, () => void this.tell(id));
      }
    });
  }

  /** Tells of everyone, as after a while without NATS, and shows the others. */
  async refresh(): Promise<void> {
    for (const [key, held] of this.#replica.entries) this.note(key, held);
    for (const { account } of this.#local.sessions()) if (account !== undefined) this.#told.add(account.id);
    await inGroups([...this.#told], (id) => this.tell(id));
  }

  /** A key was set or removed. */
  note(key: string, held: Held | undefined): void {
    const [, account, server] = KEY.exec(key) ?? [];
    if (account === undefined || server === undefined) return;
    const id = Number(account);
    if (server === this.#server) {
      // Others took this server for gone, or somebody left before a reload.
      if ((held === undefined) === (this.#local.sessionsOf({ id, name: '' }).length === 0)) return;
      this.#told.add(id);
      void this.tell(id);
      return;
    }
    const end = this.#shown.get(key);
    const there = held && this.#peers.isAlive(server) ? read(held) : undefined;
    if (there === undefined) this.#shown.delete(key);
    else this.#shown.set(key, this.#presence.showElsewhere?.({ id, name: there.name }, there.devices) ?? (() => {}));
    end?.();
  }

  /** A server has lapsed: its users are not online, as far as this server knows. */
  lapsed(server: string): void {
    for (const key of [...this.#replica.entries.keys()]) {
      if (KEY.exec(key)?.[2] !== server) continue;
      this.note(key, undefined);
      if (this.#replica.isReady) this.#replica.remove(key).catch(() => {});
    }
  }

  returned(server: string): void {
    for (const [key, held] of this.#replica.entries) if (KEY.exec(key)?.[2] === server) this.note(key, held);
  }

  /** Shows nobody of other servers any more. @returns once they know who has left here */
  async stop(): Promise<void> {
    for (const end of this.#shown.values()) end();
    this.#shown.clear();
    await inGroups([...this.#told], (id) => this.tell(id));
  }
}

function read({ value }: Held): z.infer<typeof online> | undefined {
  try {
    return online.safeParse(JSON.parse(value)).data;
  } catch {
    return undefined;
  }
}
