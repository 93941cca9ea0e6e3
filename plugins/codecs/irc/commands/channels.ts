import { EVERYONE, nameKey, type RoomInfo } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { channelLines, namesLines, topicLines } from '../channel-lines.ts';
import type { Channel } from '../channels.ts';
import { elements, isChannel } from '../names.ts';

/** Joining and leaving channels, and what they are about. */
export const channelCommands: IrcCommands = {
  JOIN: {
    least: 1,
    async run(call) {
      for (const name of elements(call.params[0])) await join(call, name);
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
      const [name = '*'] = elements(call.params[0]);
      const channel = ownChannel(call, name);
      if (channel === undefined) call.numeric('RPL_ENDOFNAMES', [name]);
      else for (const line of namesLines(call.client, channel)) call.line(line);
    },
  },
  TOPIC: {
    least: 1,
    async run(call) {
      const [name = '', text] = call.params;
      const room = await roomOf(call, name);
      if (room === undefined) return call.numeric('ERR_NOSUCHCHANNEL', [name]);
      if (text === undefined) return showTopic(call, room);
      const answer = await call.command('topic', { room: `#${room.name}`, text: text.trim() === '' ? '-' : text });
      if (answer.kind === 'error') call.refuse(answer, name);
    },
  },
};

/** A channel that the client is in. */
function ownChannel({ irc, account }: Call, name: string): Channel | undefined {
  const channel = irc.channels.find(name);
  return channel?.members.has(account.id) ? channel : undefined;
}

/** The room behind a channel's name, if the client may see it. */
async function roomOf({ irc, account }: Call, name: string): Promise<RoomInfo | undefined> {
  return name.startsWith('#') ? irc.rooms?.find(name, account) : undefined;
}

async function join(call: Call, name: string): Promise<void> {
  const { client, irc, account } = call;
  if (ownChannel(call, name) !== undefined) return;
  if (!isChannel(name) || !name.startsWith('#') || name === '#') return call.numeric('ERR_NOSUCHCHANNEL', [name]);
  const room = await roomOf(call, name);
  const key = nameKey(name);
  client.moving.add(key);
  try {
    const answer = await call.command(room === undefined ? 'create' : 'join', { room: name });
    if (answer.kind === 'error') return call.refuse(answer, name);
    const id = Number(answer.facts?.room);
    const channel = await irc.channels.join(id, account);
    if (channel !== undefined) for (const line of channelLines(client, channel)) call.line(line);
  } finally {
    client.moving.delete(key);
  }
}

async function part(call: Call, name: string, reason: string | undefined): Promise<void> {
  const { client, irc, account } = call;
  const channel = ownChannel(call, name);
  if (channel === undefined || channel.room === EVERYONE) {
    const exists = channel !== undefined || (await roomOf(call, name)) !== undefined;
    return call.numeric(exists ? 'ERR_NOTONCHANNEL' : 'ERR_NOSUCHCHANNEL', [name]);
  }
  const key = nameKey(channel.name);
  client.moving.add(key);
  try {
    const answer = await call.command('leave', { room: channel.name });
    // IRC has no way to stay: a room whose last owner goes has none until another one is made.
    if (answer.kind === 'error' && answer.reason === 'last-owner') await irc.rooms?.leave(channel.room, account);
    else if (answer.kind === 'error') return call.refuse(answer, name);
  } finally {
    client.moving.delete(key);
  }
  const params = reason === undefined ? [channel.name] : [channel.name, reason];
  call.line({ source: client.source, command: 'PART', params });
}

function showTopic(call: Call, room: RoomInfo): void {
  const channel = call.irc.channels.get(room.id);
  const name = `#${room.name}`;
  const lines = topicLines(call.client, {
    room: room.id,
    name,
    topic: channel?.topic ?? room.topic,
    members: new Map(),
  });
  if (lines.length === 0) call.numeric('RPL_NOTOPIC', [name]);
  for (const line of lines) call.line(line);
}
