import { type RoomInfo, roomChangeIn } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { topicLines } from '../channels/lines.ts';
import { sourceOf } from '../irc.ts';
import { tagsOf } from '../render/tags.ts';
import { roomOf } from './channel.ts';

/** Removes a topic, in a command of the server. */
const NONE = '-';

/** How many entries are looked at for that of a new topic. */
const LOOKED_AT = 20;

/** `TOPIC`: shows or sets what a channel is about. */
export const topicCommands: IrcCommands = {
  TOPIC: {
    least: 1,
    async run(call) {
      const { client, irc, account } = call;
      const [target = '', text] = call.params;
      const room = await roomOf(call, target);
      if (room === undefined) return call.numeric('ERR_NOSUCHCHANNEL', [target]);
      if (text === undefined) return show(call, room);
      const name = `#${room.name}`;
      const values = { room: name, text: text.trim() === '' ? NONE : text };
      const answer = await client.acting(name, () => call.command('topic', values));
      if (answer.kind === 'error') return call.refuse(answer, target);
      const entries = await irc.log.history(room.id, { limit: LOOKED_AT });
      const entry = entries.findLast((one) => one.sender === account.id && roomChangeIn(one)?.change === 'topic');
      const tags = tagsOf(irc, (capability) => client.has(capability), {
        id: entry?.id ?? 0,
        time: entry?.time,
        account,
      });
      call.line({ tags, source: client.source, command: 'TOPIC', params: [name, String(answer.facts?.topic ?? '')] });
    },
  },
};

async function show(call: Call, room: RoomInfo): Promise<void> {
  const { irc, client } = call;
  const setter = room.topicBy === 0 ? undefined : await irc.accounts.get(room.topicBy);
  const topicBy = setter === undefined ? irc.options.name : sourceOf(irc, setter);
  const lines = topicLines(client, { name: `#${room.name}`, topic: room.topic, topicBy, topicTime: room.topicTime });
  if (lines.length === 0) call.numeric('RPL_NOTOPIC', [`#${room.name}`]);
  for (const line of lines) call.line(line);
}
