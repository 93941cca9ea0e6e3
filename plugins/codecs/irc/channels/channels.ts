import { type Account, EVERYONE, nameKey, type RoomRole } from 'chatserv';
import type { Client } from '../client.ts';
import { type Irc, sourceOf } from '../irc.ts';
import { type MetadataOwner, NO_VALUES, type Values } from '../metadata/values.ts';
import { USUAL } from '../modes/members.ts';
import type { ChannelSettings } from '../modes/settings.ts';

/** The settings of the channel that every client is in. */
const OPEN: ChannelSettings = { access: 'public', posting: 'members', topics: 'moderators', key: '', limit: 0 };

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
  /** Who set it, as a source. */
  topicBy: string;
  /** When it was set, in milliseconds since 1970; 0 if nobody knows. */
  topicTime: number;
  settings: ChannelSettings;
  metadata: Values;
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
  /** By the keys of their names. */
  readonly #byName = new Map<string, Channel>();
  /** The accounts that are online or about to be, with their rooms. */
  readonly #rooms = new Map<number, Set<number>>();
  /** Their metadata. */
  readonly #metadata = new Map<number, Values>();
  readonly #loading = new Map<number, Promise<void>>();
  /** Accounts whose rooms or metadata changed while they were read. */
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
    const { log, rooms: service, metadata } = this.#irc;
    for (;;) {
      this.#stale.delete(account.id);
      const rooms = account.id > 0 && service !== undefined ? await log.roomsOf(account.id, 'room') : [];
      const roles = await Promise.all(rooms.map(({ id }) => service?.role(id, account)));
      const known = await Promise.all(rooms.map(({ id }) => this.#channel(id)));
      const values = await metadata.of({ kind: 'account', id: account.id });
      if (this.#stale.has(account.id)) continue;
      this.#metadata.set(account.id, values);
      this.#rooms.set(account.id, new Set());
      const everyone = this.#everyone();
      if (everyone !== undefined) this.#add(everyone, account, USUAL);
      known.forEach((channel, index) => {
        const role = roles[index];
        if (channel !== undefined && role !== undefined) this.#add(channel, account, role);
      });
      return;
    }
  }

  /** The account went offline, or never came. */
  forget({ id }: Account): void {
    for (const room of this.#rooms.get(id) ?? []) this.#remove(room, id);
    this.#rooms.delete(id);
    this.#metadata.delete(id);
  }

  /** Whether the rooms of an account are known. */
  knows({ id }: Account): boolean {
    return this.#rooms.has(id);
  }

  /** An account joined a room. @returns its channel; undefined if the account is not online, or the room is gone */
  async join(room: number, account: Account): Promise<Channel | undefined> {
    if (this.#loading.has(account.id)) this.#stale.add(account.id);
    const [channel, role] = await Promise.all([this.#channel(room), this.#irc.rooms?.role(room, account)]);
    if (channel === undefined || role === undefined || !this.#rooms.has(account.id)) return undefined;
    return this.#add(channel, account, role);
  }

  /** An account joined a channel that has members online, in a role that `join` finds out. @returns the channel */
  joinKnown(room: number, account: Account): Channel | undefined {
    const channel = this.#channels.get(room);
    if (channel === undefined || !this.#rooms.has(account.id)) return undefined;
    return this.#add(channel, account, USUAL);
  }

  /** An account left a room. */
  leave(room: number, { id }: Pick<Account, 'id'>): void {
    if (this.#loading.has(id)) this.#stale.add(id);
    this.#remove(room, id);
  }

  /** An account has another name. @returns it under the one it had, if it is in a channel */
  rename(account: Account): Account | undefined {
    let before: Account | undefined;
    for (const { members } of this.of(account)) {
      const member = members.get(account.id);
      if (member === undefined) continue;
      before = member.account;
      members.set(account.id, { ...member, account });
    }
    return before;
  }

  /** A room no longer exists. */
  drop(room: number): void {
    const channel = this.#channels.get(room);
    for (const id of channel?.members.keys() ?? []) this.#rooms.get(id)?.delete(room);
    if (channel !== undefined) this.#forgetChannel(channel);
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
    return this.#byName.get(nameKey(name));
  }

  /** A channel has another name. */
  renameChannel(channel: Channel, name: string): void {
    this.#byName.delete(nameKey(channel.name));
    channel.name = name;
    this.#byName.set(nameKey(name), channel);
  }

  /** The channels that an account is in; that of everyone comes first. */
  of({ id }: Pick<Account, 'id'>): Channel[] {
    return [...(this.#rooms.get(id) ?? [])].flatMap((room) => this.#channels.get(room) ?? []);
  }

  /** The metadata of an account that is online. */
  metadataOf({ id }: Pick<Account, 'id'>): Values {
    return this.#metadata.get(id) ?? NO_VALUES;
  }

  /** The accounts that are online, and the rooms with members online. */
  described(): MetadataOwner[] {
    const accounts = [...this.#metadata.keys()].map((id) => ({ kind: 'account', id }) as const);
    return [...accounts, ...[...this.#channels.keys()].map((id) => ({ kind: 'room', id }) as const)];
  }

  /** The metadata of an account or a room is another. @returns what it was; undefined if nobody is told of it */
  describe({ kind, id }: MetadataOwner, values: Values): Values | undefined {
    if (kind === 'room') {
      const channel = this.#channels.get(id);
      const before = channel?.metadata;
      if (channel !== undefined) channel.metadata = values;
      return before;
    }
    if (this.#loading.has(id)) this.#stale.add(id);
    const before = this.#metadata.get(id);
    if (before !== undefined) this.#metadata.set(id, values);
    return before;
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

  /** The channel of a room; undefined if there is no such room. */
  async #channel(room: number): Promise<Channel | undefined> {
    const known = this.#channels.get(room);
    const info = known === undefined ? await this.#irc.rooms?.get(room) : undefined;
    if (info === undefined) return known;
    const { name, topic, topicBy, topicTime } = info;
    const setter = topicBy === 0 ? undefined : await this.#irc.accounts.get(topicBy);
    const by = setter === undefined ? this.#irc.options.name : sourceOf(this.#irc, setter);
    const metadata = await this.#irc.metadata.of({ kind: 'room', id: room });
    return { room, name: `#${name}`, topic, topicBy: by, topicTime, settings: info, metadata, members: new Map() };
  }

  #everyone(): Channel | undefined {
    const name = this.#irc.options.everyone;
    if (name === '') return undefined;
    const about = { topic: '', topicBy: '', topicTime: 0, settings: OPEN, metadata: NO_VALUES, members: new Map() };
    return this.#channels.get(EVERYONE) ?? { room: EVERYONE, name, ...about };
  }

  /** @returns the channel, which another member may have brought meanwhile */
  #add(given: Channel, account: Account, role: RoomRole): Channel {
    const channel = this.#channels.get(given.room) ?? given;
    this.#channels.set(channel.room, channel);
    this.#byName.set(nameKey(channel.name), channel);
    channel.members.set(account.id, { account, role });
    this.#rooms.get(account.id)?.add(channel.room);
    return channel;
  }

  #remove(room: number, account: number): void {
    const channel = this.#channels.get(room);
    channel?.members.delete(account);
    this.#rooms.get(account)?.delete(room);
    if (channel?.members.size === 0) this.#forgetChannel(channel);
  }

  #forgetChannel({ room, name }: Channel): void {
    this.#channels.delete(room);
    // Another room may have the name by now.
    if (this.#byName.get(nameKey(name))?.room === room) this.#byName.delete(nameKey(name));
  }
}
