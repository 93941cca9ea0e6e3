import { type Account, type Collection, KeyedQueue, type Storage, z } from 'chatserv';
import type { Client } from '../client.ts';
import type { Irc } from '../irc.ts';
import { nickOf } from '../names.ts';
import { keyLine } from './lines.ts';
import { changesBetween, type MetadataOwner, type Values } from './values.ts';

/** As pairs: any key is allowed, also one that objects have. */
const STORED = z.array(z.tuple([z.string(), z.string()]));

/** Metadata as it is stored. */
type Stored = z.infer<typeof STORED>;

/** The metadata of accounts and channels: stored, and told to the clients that have subscribed to it. */
export class Metadata {
  readonly #irc: Irc;
  readonly #stored: Collection<Stored>;
  /** Changes are told in the order in which they are made. */
  readonly #queue = new KeyedQueue<string>();

  constructor(irc: Irc, storage: Storage) {
    this.#irc = irc;
    this.#stored = storage.open('irc-metadata', STORED);
    this.#stored.watch((key) => this.#changedElsewhere(key));
  }

  /** The metadata of an account or a channel. @throws when it cannot be read */
  async of(owner: MetadataOwner): Promise<Values> {
    return new Map(await this.#stored.get(keyOf(owner)));
  }

  /**
   * Changes metadata, and tells clients.
   * @param by the client whose answer says so
   * @returns the metadata as it is now
   */
  async change(owner: MetadataOwner, change: (before: Values) => Values, by?: Client): Promise<Values> {
    const key = keyOf(owner);
    return this.#queue.run(key, async () => {
      const stored = await this.#stored.update(key, (before) => {
        const after = [...change(new Map(before))];
        return after.length === 0 ? undefined : after;
      });
      const after = new Map(stored);
      await this.#changed(owner, after, by);
      return after;
    });
  }

  /** What an account has set, as an object; undefined if that is nothing. */
  async readable({ id }: Pick<Account, 'id'>): Promise<unknown> {
    const values = await this.of({ kind: 'account', id });
    return values.size === 0 ? undefined : Object.fromEntries(values);
  }

  /** An account or a room is gone. */
  async forget(owner: MetadataOwner): Promise<void> {
    const key = keyOf(owner);
    await this.#queue.run(key, () => this.#stored.delete(key));
  }

  async #changedElsewhere(key: string | undefined): Promise<void> {
    const owners = key === undefined ? this.#irc.channels.described() : [ownerOf(key)];
    for (const owner of owners) {
      await this.#queue.run(keyOf(owner), async () => this.#changed(owner, await this.of(owner)));
    }
  }

  async #changed(owner: MetadataOwner, after: Values, by?: Client): Promise<void> {
    const changes = changesBetween(this.#irc.channels.describe(owner, after) ?? after, after);
    if (changes.size === 0) return;
    const { target, audience } = await this.#concerned(owner);
    for (const client of audience) {
      if (client === by) continue;
      for (const [key, value] of changes) {
        if (client.subscriptions.has(key)) client.send(keyLine(client, target, key, value));
      }
    }
  }

  /** What clients call the account or channel, and which of them are told of it. */
  async #concerned({ kind, id }: MetadataOwner): Promise<{ target: string; audience: Iterable<Client> }> {
    const { channels, clients, monitors, accounts } = this.#irc;
    const channel = kind === 'room' ? channels.get(id) : undefined;
    if (channel !== undefined) return { target: channel.name, audience: channels.clientsIn(channel) };
    const account: Account | undefined = kind === 'account' ? await accounts.get(id) : undefined;
    if (account === undefined) return { target: '', audience: [] };
    const others = [...channels.peersOf(account), ...monitors.clientsFor(account)];
    return { target: nickOf(account), audience: new Set([...clients.of(account), ...others]) };
  }
}

function keyOf({ kind, id }: MetadataOwner): string {
  return `${kind} ${id}`;
}

function ownerOf(key: string): MetadataOwner {
  const [kind, id] = key.split(' ');
  return { kind: kind === 'room' ? 'room' : 'account', id: Number(id) };
}
