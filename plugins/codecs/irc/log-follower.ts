import { type Account, type Entry, roomChangeIn } from 'chatserv';
import { tellChange } from './channels/changes.ts';
import type { Channel } from './channels/channels.ts';
import { channelLines } from './channels/lines.ts';
import type { Client } from './client.ts';
import { loadReadTime } from './history/read-times.ts';
import { type Irc, sourceOf } from './irc.ts';
import type { IrcPresence } from './people/presence.ts';
import { tellAll } from './render/tell.ts';

/** Tells clients what the log says has changed about their channels: who joined and left, and how they are set. */
export class LogFollower {
  readonly #irc: Irc;
  readonly #presence: IrcPresence;

  constructor(irc: Irc, presence: IrcPresence) {
    this.#irc = irc;
    this.#presence = presence;
  }

  /** Takes a new entry of the log. */
  async note(entry: Entry): Promise<void> {
    const { kind, room, sender, from } = entry;
    const account = { id: sender, name: from };
    if (kind === 'join') await this.#joined(room, account, entry);
    else if (kind === 'leave') this.#left(room, account, entry);
    else if (kind === 'room') await this.#changed(entry, account);
  }

  async #joined(room: number, account: Account, entry: Entry): Promise<void> {
    const { channels, clients, server } = this.#irc;
    if (channels.get(room)?.members.has(account.id)) return;
    const own = new Set(clients.of(account));
    // The answer tells the client that joins.
    const untold = [...own].filter((client) => !client.isActing(`#${entry.roomName}`));
    const isShown = server.shown(entry) !== undefined;
    // At once where others are in it, so that they read this before what the member says.
    const known = channels.joinKnown(room, account);
    if (known !== undefined && isShown) this.#presence.joined(known, account, own);
    const channel = await channels.join(room, account);
    if (channel === undefined) return;
    for (const client of untold) await this.#enter(client, channel);
    if (!isShown) return;
    if (known === undefined) this.#presence.joined(channel, account, own);
    else this.#presence.tellRole(channel, account, own);
    this.#presence.describe(account, channels.clientsIn(channel));
  }

  /** Tells a client of a channel that its account has joined elsewhere. */
  async #enter(client: Client, channel: Channel): Promise<void> {
    await loadReadTime(client, client.account, channel);
    if (!channel.members.has(client.account.id)) return;
    for (const line of channelLines(client, channel)) client.send(line);
  }

  #left(room: number, account: Account, entry: Entry): void {
    const { channels, partings, server } = this.#irc;
    const channel = channels.get(room);
    if (channel === undefined || !channel.members.has(account.id)) return;
    const source = sourceOf(this.#irc, account);
    const reason = partings.get(`${room} ${account.id}`);
    const params = reason === undefined ? [channel.name] : [channel.name, reason];
    if (server.shown(entry) !== undefined) {
      const isAnswered = (client: Client) => client.account.id === account.id && client.isActing(channel.name);
      const others = [...channels.clientsIn(channel)].filter((client) => !isAnswered(client));
      tellAll(others, { source, command: 'PART', params }, { account });
    }
    channels.leave(room, account);
  }

  async #changed(entry: Entry, by: Account): Promise<void> {
    const channel = this.#irc.channels.get(entry.room);
    const change = roomChangeIn(entry);
    if (change?.change === 'deleted') await this.#irc.metadata.forget({ kind: 'room', id: entry.room });
    if (channel !== undefined && change !== undefined) await tellChange(this.#irc, channel, change, by, entry);
  }
}
