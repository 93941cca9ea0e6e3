import { type Account, EVERYONE } from 'chatserv';
import type { Client } from '../client.ts';
import { nickOf } from '../names.ts';
import { markreadLine } from './reference.ts';

/** Reads up to when a client's account has read a channel, for `channelLines`. @throws when the store cannot be read */
export async function loadReadTime(
  client: Client,
  account: Account,
  { room, name }: { readonly room: number; readonly name: string },
): Promise<void> {
  const { irc } = client;
  if (client.has('draft/read-marker'))
    client.readTimes.set(room, await irc.readMarkers.of(irc, account, { name, room }));
}

/**
 * A user has read a room elsewhere: tells a client of its own, unless it knows.
 * @param id the room's
 * @throws when the store cannot be read
 */
export async function tellRead(client: Client, id: number): Promise<void> {
  const { irc, session } = client;
  const { account } = session;
  const room = client.has('draft/read-marker') ? await irc.log.room(id) : undefined;
  if (account === undefined || room === undefined) return;
  const partners = (room.members ?? []).filter((member) => member !== account.id);
  const partner = partners.length === 1 ? await irc.accounts.get(partners[0] ?? 0) : undefined;
  const channel = id === EVERYONE ? irc.options.everyone : room.kind === 'room' ? `#${room.name}` : '';
  const target = channel || (partner && nickOf(partner));
  if (!target) return;
  const time = await irc.readMarkers.of(irc, account, { name: channel, partner: partner?.id, room: id });
  if (time <= (client.readTimes.get(id) ?? 0)) return;
  client.readTimes.set(id, time);
  client.send(markreadLine(target, time));
}
