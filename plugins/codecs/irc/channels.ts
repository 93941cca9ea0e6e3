import { type Account, EVERYONE, nameKey, type RoomRole } from 'chatserv';
import type { Client } from './client.ts';
import type { Irc } from './irc.ts';

/** A member of a channel who is online. */
export interface ChannelMember {
  readonly account: Account;
  role: RoomRole;
}

/** A room with members online; or, as `EVERYONE`, the channel that every client is in. */
export interface Channel {
  readonly room: number;
  /** With its `#` or `&`. */
  name: string;
  topic: string;
  /** By account. */
  readonly members: Map<number, ChannelMember>;
}

/**
 * The channels of the accounts that are online, in memory, so that they can be listed at once. A member is shown while it
 * is online, whatever protocol it speaks.
 */
export class Channels {
  readonly #irc: Irc;
  readonly #channels = new Map<number, Channel>();
  /** The accounts that are online or about to be, with their rooms. */
  readonly #rooms = new Map<number, Set<number>>();
  readonly #loading = new Map<number, Promise<void>>();
  /** Accounts that joined or left a room while their rooms were read. */
  readonly #stale = new Set<number>();

  constructor(irc: Irc) {
    this.#irc = irc;
  }

  /** Reads the rooms of an account that is about to be online, unless they are known. @throws when they cannot be read */
  async load(account: Account): Promise<void> {
    if (this.#rooms.has(account.id)) return;
    const loading = this.#loading.get(account.id) ?? this.#read(account);
    this.#loading.set(account.id, loading);
    try {
      await loading;
    } finally {
      this.#loading.delete(account.id);
    }
  }

  async #read(account: Account): Promise<void> {
    const { log, rooms: service } = this.#irc;
    for (;;) {
      this.#stale.delete(account.id);
      const rooms = account.id > 0 && service !== undefined ? await log.roomsOf(account.id, 'room') : [];
      const roles = await Promise.all(rooms.map(({ id }) => service?.role(id, account)));
      const known = await Promise.all(rooms.map(({ id }) => service?.get(id)));
      if (this.#stale.has(account.id)) continue;
      this.#rooms.set(account.id, new Set());
      this.#add(this.#everyone(), account, 'member');
      known.forEach((room, index) => {
        const role = roles[index];
        if (room !== undefined && role !== undefined) this.#add(this.#channel(room), account, role);
      });
      return;
    }
  }

  /** The account went offline, or never came. */
  forget({ id }: Account): void {
    for (const room of this.#rooms.get(id) ?? []) this.#remove(room, id);
    this.#rooms.delete(id);
  }

  /** Whether the rooms of an account are known. */
  knows({ id }: Account): boolean {
    return this.#rooms.has(id);
  }

  /** An account joined a room. @returns its channel; undefined if the account is not online, or the room is gone */
  async join(room: number, account: Account): Promise<Channel | undefined> {
    if (this.#loading.has(account.id)) this.#stale.add(account.id);
    const { rooms } = this.#irc;
    const [info, role] = await Promise.all([rooms?.get(room), rooms?.role(room, account)]);
    if (info === undefined || role === undefined || !this.#rooms.has(account.id)) return undefined;
    const channel = this.#channel(info);
    this.#add(channel, account, role);
    return channel;
  }

  /** An account joined a channel that has members online, in a role that `join` finds out. @returns the channel */
  joinKnown(room: number, account: Account): Channel | undefined {
    const channel = this.#channels.get(room);
    if (channel === undefined || !this.#rooms.has(account.id)) return undefined;
    this.#add(channel, account, 'member');
    this.join(room, account).catch(() => {});
    return channel;
  }

  /** An account left a room. */
  leave(room: number, { id }: Pick<Account, 'id'>): void {
    if (this.#loading.has(id)) this.#stale.add(id);
    this.#remove(room, id);
  }

  /** A room no longer exists. */
  drop(room: number): void {
    for (const id of this.#channels.get(room)?.members.keys() ?? []) this.#rooms.get(id)?.delete(room);
    this.#channels.delete(room);
  }

  /** How many rooms have members online. */
  get size(): number {
    return this.#channels.size - (this.#channels.has(EVERYONE) ? 1 : 0);
  }

  /** A channel with members online, by its room. */
  get(room: number): Channel | undefined {
    return this.#channels.get(room);
  }

  /** A channel with members online, by its name. */
  find(name: string): Channel | undefined {
    const key = nameKey(name);
    return [...this.#channels.values()].find((channel) => nameKey(channel.name) === key);
  }

  /** The channels that an account is in; that of everyone comes first. */
  of({ id }: Pick<Account, 'id'>): Channel[] {
    return [...(this.#rooms.get(id) ?? [])].flatMap((room) => this.#channels.get(room) ?? []);
  }

  /** The clients that speak IRC in a channel. */
  *clientsIn(channel: Channel): Iterable<Client> {
    for (const { account } of channel.members.values()) yield* this.#irc.clients.of(account);
  }

  /** The clients that share a channel with an account, each once, without its own. */
  peersOf(account: Account): Set<Client> {
    const peers = new Set(this.of(account).flatMap((channel) => [...this.clientsIn(channel)]));
    for (const own of this.#irc.clients.of(account)) peers.delete(own);
    return peers;
  }

  #channel({ id, name, topic }: { readonly id: number; readonly name: string; readonly topic: string }): Channel {
    return this.#channels.get(id) ?? { room: id, name: `#${name}`, topic, members: new Map() };
  }

  #everyone(): Channel | undefined {
    const name = this.#irc.options.everyone;
    if (name === '') return undefined;
    return this.#channels.get(EVERYONE) ?? { room: EVERYONE, name, topic: '', members: new Map() };
  }

  #add(channel: Channel | undefined, account: Account, role: RoomRole): void {
    if (channel === undefined) return;
    this.#channels.set(channel.room, channel);
    channel.members.set(account.id, { account, role });
    this.#rooms.get(account.id)?.add(channel.room);
  }

  #remove(room: number, account: number): void {
    const channel = this.#channels.get(room);
    channel?.members.delete(account);
    this.#rooms.get(account)?.delete(room);
    if (channel?.members.size === 0) this.#channels.delete(room);
  }
}
