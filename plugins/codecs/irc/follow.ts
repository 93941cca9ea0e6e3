import { type Account, type Entry, nameKey, roomChangeIn } from 'chatserv';
import { type Irc, sourceOf } from './irc.ts';
import type { IrcPresence } from './presence.ts';

/** Tells clients what the log says has changed about their channels: who joined and left, and the topic. */
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
    else if (kind === 'room') this.#changed(entry, account);
  }

  async #joined(room: number, account: Account, entry: Entry): Promise<void> {
    const { channels, clients, server } = this.#irc;
    if (channels.get(room)?.members.has(account.id)) return;
    const told = clients.of(account).filter((client) => client.moving.has(nameKey(`#${entry.roomName}`)));
    // At once where others are in it, so that they read this before what the member says.
    const channel = channels.joinKnown(room, account) ?? (await channels.join(room, account));
    if (channel === undefined || server.shown(entry) === undefined) return;
    this.#presence.joined(channel, account, new Set(told));
  }

  #left(room: number, account: Account, entry: Entry): void {
    const { channels, server } = this.#irc;
    const channel = channels.get(room);
    if (channel === undefined || !channel.members.has(account.id)) return;
    const source = sourceOf(this.#irc, account);
    if (server.shown(entry) !== undefined) {
      for (const client of channels.clientsIn(channel)) {
        if (client.account.id === account.id && client.moving.has(nameKey(channel.name))) continue;
        client.send({ source, command: 'PART', params: [channel.name] }, { account });
      }
    }
    channels.leave(room, account);
  }

  #changed(entry: Entry, by: Account): void {
    const { channels, options } = this.#irc;
    const channel = channels.get(entry.room);
    const change = roomChangeIn(entry);
    if (channel === undefined || change === undefined) return;
    const source = by.id > 0 ? sourceOf(this.#irc, by) : options.name;
    if (change.change === 'topic') {
      channel.topic = change.topic;
      for (const client of channels.clientsIn(channel)) {
        client.send({ source, command: 'TOPIC', params: [channel.name, change.topic] }, { account: by });
      }
    } else if (change.change === 'role') {
      const member = channel.members.get(change.account);
      if (member !== undefined) member.role = change.role;
    }
  }
}
