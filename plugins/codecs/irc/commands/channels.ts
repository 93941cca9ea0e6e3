import { EVERYONE } from 'chatserv';
import type { Call, CommandAnswer, IrcCommands } from '../call.ts';
import type { Channel } from '../channels/channels.ts';
import { channelLines, namesLines } from '../channels/lines.ts';
import { loadReadTime } from '../history/read-times.ts';
import { elements, isChannel } from '../names.ts';
import { mayLook, roomOf } from './channel.ts';
import { reasonFrom } from './words.ts';

/** Stands for all channels, in `JOIN`. */
const NONE = '0';

/** `JOIN`, `PART` and `NAMES` (RFC 2812, 3.2). */
export const channelCommands: IrcCommands = {
  JOIN: {
    least: 1,
    async run(call) {
      const [names, keys] = call.params;
      if (names === NONE) return leaveAll(call);
      const given = elements(keys);
      for (const [index, name] of elements(names).entries()) await join(call, name, given[index]);
    },
  },
  PART: {
    least: 1,
    async run(call) {
      for (const name of elements(call.params[0])) await part(call, name, call.params[1]);
    },
  },
  NAMES: {
    run(call) {
      const [given = '*'] = call.params;
      for (const name of elements(given)) {
        const channel = call.irc.channels.find(name);
        if (channel === undefined || !mayLook(call, channel)) continue;
        for (const line of namesLines(call.client, channel)) call.line(line);
      }
      call.numeric('RPL_ENDOFNAMES', [given]);
    },
  },
};

/** A channel that the client is in. */
function ownChannel({ irc, account }: Call, name: string): Channel | undefined {
  const channel = irc.channels.find(name);
  return channel?.members.has(account.id) ? channel : undefined;
}

async function join(call: Call, name: string, key: string | undefined): Promise<void> {
  const { client, irc, account } = call;
  if (ownChannel(call, name) !== undefined) return;
  if (!isChannel(name) || !name.startsWith('#') || name === '#') return call.numeric('ERR_NOSUCHCHANNEL', [name]);
  await client.acting(name, async () => {
    const answer = await enter(call, name, key);
    if (answer.kind === 'error') {
      // A private room, or another one whose name looks the same.
      if (answer.reason === 'taken') return call.numeric('ERR_INVITEONLYCHAN', [name], answer.sentence);
      return call.refuse(answer, name);
    }
    const channel = await irc.channels.join(Number(answer.facts?.room), account);
    if (channel === undefined) return;
    await loadReadTime(client, account, channel);
    for (const line of channelLines(client, channel)) call.line(line);
  });
}

/** Joins a channel, or opens it. */
async function enter(call: Call, name: string, key: string | undefined): Promise<CommandAnswer> {
  if ((await roomOf(call, name)) !== undefined) return call.command('join', { room: name, key });
  // Nobody owns a channel that a client of IRC opens: it goes with its last member.
  const created = await call.command('create', { room: name, role: 'moderator' });
  const isTaken = created.kind === 'error' && created.reason === 'taken';
  // Another client may have opened it meanwhile.
  return isTaken && (await roomOf(call, name)) !== undefined ? call.command('join', { room: name, key }) : created;
}

async function part(call: Call, name: string, given: string | undefined): Promise<void> {
  const { client, irc, account } = call;
  const channel = ownChannel(call, name);
  if (channel === undefined || channel.room === EVERYONE) {
    const exists = channel !== undefined || (await roomOf(call, name)) !== undefined;
    return call.numeric(exists ? 'ERR_NOTONCHANNEL' : 'ERR_NOSUCHCHANNEL', [name]);
  }
  const isMute = (await irc.rooms?.postRefusal(channel.room, account)) !== undefined;
  const reason = isMute ? undefined : await reasonFrom(call, given);
  const parting = `${channel.room} ${account.id}`;
  if (reason !== undefined) irc.partings.set(parting, reason);
  const answer = await client.acting(channel.name, () => call.command('leave', { room: channel.name }));
  // IRC has no way to stay: a room whose last owner goes has none until another one is made.
  if (answer.kind === 'error' && answer.reason === 'last-owner') {
    await client.acting(channel.name, async () => irc.rooms?.leave(channel.room, account));
  } else if (answer.kind === 'error') {
    irc.partings.delete(parting);
    return call.refuse(answer, name);
  }
  irc.partings.delete(parting);
  const params = reason === undefined ? [channel.name] : [channel.name, reason];
  call.line({ source: client.source, command: 'PART', params });
}

async function leaveAll(call: Call): Promise<void> {
  const { irc, account } = call;
  for (const { room, name } of irc.channels.of(account)) if (room !== EVERYONE) await part(call, name, undefined);
}
