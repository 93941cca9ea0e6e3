import type { Account } from 'chatserv';
import type { Channel } from '../channels/channels.ts';
import { extendedJoin } from '../channels/lines.ts';
import type { Client } from '../client.ts';
import { type Irc, sourceOf } from '../irc.ts';
import { accountBatch, subscribedLines } from '../metadata/lines.ts';
import { roleChanges, USUAL } from '../modes/members.ts';
import { modeParams } from '../modes/mode-change.ts';
import { nickOf } from '../names.ts';
import type { Has } from '../render/tags.ts';
import { tellAll } from '../render/tell.ts';
import { personOf } from './person.ts';

/** Shows who comes online and who goes: members of a channel as `JOIN`, with the modes they have, and `QUIT`. */
export class IrcPresence {
  readonly #irc: Irc;
  /** The accounts that clients were told of. */
  readonly #shown = new Set<number>();

  constructor(irc: Irc) {
    this.#irc = irc;
  }

  /** Whether clients were told that an account is online. */
  shows({ id }: Pick<Account, 'id'>): boolean {
    return this.#shown.has(id);
  }

  /** An account came online or went offline. */
  async changed(account: Account): Promise<void> {
    const { channels, clients, monitors } = this.#irc;
    if (!this.#isOnline(account)) {
      this.#gone(account);
      return;
    }
    await channels.load(account);
    // It may have left meanwhile.
    if (!this.#isOnline(account)) {
      if (!this.#shown.has(account.id)) channels.forget(account);
      return;
    }
    if (this.#shown.has(account.id)) return;
    this.#shown.add(account.id);
    const own = new Set(clients.of(account));
    for (const channel of channels.of(account)) this.joined(channel, account, own);
    const monitoring = new Set(monitors.clientsFor(account));
    for (const client of monitoring) {
      if (client.isMetadataAware) for (const line of accountBatch(client, account)) client.send(line);
    }
    this.describe(
      account,
      [...channels.peersOf(account)].filter((peer) => !monitoring.has(peer)),
    );
  }

  /** Tells clients the metadata of an account that they see from now on, as far as they have subscribed to it. */
  describe(account: Account, clients: Iterable<Client>): void {
    for (const client of clients) {
      if (client.account.id === account.id) continue;
      for (const line of subscribedLines(client, account)) client.send(line);
    }
  }

  /** Tells the clients in a channel of a member. @param except clients that know */
  joined(channel: Channel, account: Account, except: ReadonlySet<Client>): void {
    const { channels } = this.#irc;
    const source = sourceOf(this.#irc, account);
    const { realname, away } = personOf(this.#irc, account);
    const others = [...channels.clientsIn(channel)].filter((client) => !except.has(client));
    const lines = (has: Has) => {
      const join = {
        source,
        command: 'JOIN',
        params: [channel.name, ...extendedJoin(this.#irc, has, { account, realname })],
      };
      const isAway = away !== undefined && has('away-notify');
      return isAway ? [join, { source, command: 'AWAY', params: [away] }] : [join];
    };
    tellAll(others, lines, { account });
    this.tellRole(channel, account, except);
  }

  /** Tells the clients in a channel whether a member who came is a moderator or a speaker. @param except clients that know */
  tellRole(channel: Channel, account: Account, except: ReadonlySet<Client>): void {
    const { role = USUAL } = channel.members.get(account.id) ?? {};
    const others = [...this.#irc.channels.clientsIn(channel)].filter((client) => !except.has(client));
    for (const params of modeParams(roleChanges(USUAL, role, nickOf(account)))) {
      tellAll(others, { command: 'MODE', params: [channel.name, ...params] });
    }
  }

  #gone(account: Account): void {
    const { channels, clients, lastWords, pastUsers } = this.#irc;
    const source = sourceOf(this.#irc, account);
    const reason = lastWords.get(account.id) ?? 'Connection closed';
    for (const client of clients.of(account)) pastUsers.add(client);
    if (this.#shown.delete(account.id)) {
      tellAll(channels.peersOf(account), { source, command: 'QUIT', params: [reason] }, { account });
    }
    channels.forget(account);
  }

  #isOnline({ id, name }: Account): boolean {
    const { presence, server } = this.#irc;
    return (
      server.sessionsOf({ id, name }).length > 0 ||
      (presence.elsewhere?.({ id }).length ?? 0) > 0 ||
      presence.find(name)?.id === id
    );
  }
}
