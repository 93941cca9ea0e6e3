import { type Account, type CommandSpec, param, type RoomNameRule, reply } from 'chatserv';
import type { RoomContext } from './context.ts';
import { NAME_LISTS } from './facts.ts';
import { currentRules, type NameRules } from './name-rules.ts';
import { replyAbout, roomCommand } from './room-command.ts';

/** The commands for rules about user names. */
export function nameCommands(context: RoomContext, rules: NameRules): CommandSpec[] {
  const { accounts, clock } = context;
  const list = param.choice(NAME_LISTS);
  const pattern = param.word('a name; * stands for any characters, and ? for one');

  /** A rule for programs. */
  async function factsOf({ list, pattern, by, time, until }: RoomNameRule) {
    const maker: Account | undefined = by === 0 ? undefined : await accounts.get(by);
    const times = { time: iso(time), ...(until !== undefined && { until: iso(until) }) };
    return { list, pattern, by: maker?.name ?? null, ...times };
  }

  return [
    roomCommand(
      context,
      {
        name: 'room-names',
        summary: 'Lists the rules of a room about user names',
        action: 'list bans, mutes and invitations',
      },
      async ({ room }) => {
        const current = currentRules(room, clock.now());
        const names = await Promise.all(current.map(factsOf));
        const text = current.map((rule) => `${rule.list}:${rule.pattern}`).join(' ');
        return reply(text, { room: room.id, roomName: `#${room.name}`, names });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-names-add',
        summary: 'Bans, mutes, exempts or invites all users of a room whose names match a pattern',
        params: { list, pattern, time: param.duration('for how long; for good if left out').optional() },
        action: 'kick, mute and ban',
      },
      async ({ room, account, values: { list, pattern, time } }) => {
        const refusal = await rules.add(room, list, pattern, time, account);
        return refusal ?? replyAbout(context, 'done:', room, account, { list, pattern });
      },
    ),
    roomCommand(
      context,
      {
        name: 'room-names-remove',
        summary: 'Removes a rule of a room about user names',
        params: { list, pattern },
        action: 'kick, mute and ban',
      },
      async ({ room, account, values: { list, pattern } }) => {
        const refusal = await rules.remove(room, list, pattern, account);
        return refusal ?? replyAbout(context, 'done:', room, account, { list, pattern });
      },
    ),
  ];
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
