import {
  type Account,
  type CommandSpec,
  command,
  durationInWords,
  param,
  type Refusal,
  type Reply,
  reply,
} from 'chatserv';
import { mayDo, memberRole } from './access.ts';
import { declarationOf, limit, type RoomContext } from './context.ts';
import { ACCESS, type KnownRoom } from './facts.ts';
import { listedRooms } from './listing.ts';
import type { Members } from './members.ts';
import { bare } from './names.ts';
import { roleOf } from './policy.ts';
import { declared, notAllowed, notMember, noUser } from './refusals.ts';
import { factsOf, NONE, pageOf, replyAbout, roomCommand } from './room-command.ts';
import type { Settings } from './settings.ts';

/** Stands for a key that the user may not see. */
const HIDDEN = '*';

/** The commands for everyone: listing, creating, joining and leaving rooms. */
export function everydayCommands(context: RoomContext, settings: Settings, members: Members): CommandSpec[] {
  const { options, directory, memberships, invitations, accounts, log } = context;

  async function topicOf(room: KnownRoom, account: Account): Promise<Reply> {
    const { name, topic, topicBy, topicTime } = room;
    const text = topic === '' ? `topic:#${name}` : `topic:#${name} ${topic}`;
    const by = topicBy === 0 ? undefined : await accounts.get(topicBy);
    const time = topicTime === 0 ? null : new Date(topicTime).toISOString();
    return replyAbout(context, text, room, account, { topicBy: by?.name ?? null, topicTime: time });
  }

  async function setTopic(room: KnownRoom, account: Account, text: string): Promise<KnownRoom | Refusal> {
    const action = room.topics === 'members' ? 'set the topic where members may' : 'set the topic';
    if (!(await mayDo(context, room, account, action))) {
      const isMember = await memberships.has(room.id, account.id);
      return isMember ? notAllowed(action, room) : notMember(room);
    }
    if (declarationOf(context, room)?.topic !== undefined) return declared(room);
    if (text.length > options.topicLength) {
      return limit(context, 'room-topic', 'too-long', `A topic can have at most ${options.topicLength} characters.`);
    }
    return (await settings.set(room.id, { topic: text }, account)) ?? room;
  }

  return [
    command({
      name: 'rooms',
      summary: 'Lists rooms: yours, and those that anyone may see',
      params: { after: param.room('lists those after this one').optional() },
      async run({ account, values: { after } }) {
        const invited = new Set(await invitations.roomsOf(account.id));
        const page = await listedRooms(context, account, after, options.pageSize + 1);
        const rooms = page.slice(0, options.pageSize);
        const hasMore = page.length > rooms.length;
        const roles = await Promise.all(rooms.map((room) => memberRole(context, room, account)));
        const facts = rooms.map((room, index) => ({
          ...factsOf(room, roles[index]),
          invited: invited.has(room.id),
        }));
        return reply(
          pageOf(
            rooms.map(({ name }) => `#${name}`),
            hasMore,
          ),
          { rooms: facts, hasMore },
        );
      },
    }),

    roomCommand(context, { name: 'room', summary: 'Describes a room' }, async ({ room, account }) => {
      const role = await memberRole(context, room, account);
      const size = (await log.room(room.id))?.size ?? room.size;
      const { name, topic, access, posting, topics, slow, key, limit, archived } = room;
      const line = [
        `#${name} access:${access} posting:${posting} slow:${slow === 0 ? 'off' : durationInWords(slow)}`,
        `members:${size} role:${role ?? 'none'}`,
        ...(topics === 'members' ? ['topics:members'] : []),
        ...(key === '' ? [] : [`key:${role === undefined ? HIDDEN : key}`]),
        ...(limit === 0 ? [] : [`limit:${limit}`]),
        ...(archived ? ['archived:yes'] : []),
        ...(topic === '' ? [] : [`topic:${topic}`]),
      ];
      return reply(line.join(' '), { ...factsOf(room, role), size });
    }),

    command({
      name: 'create',
      summary: 'Creates a room, which you then own',
      params: {
        room: param.room('its name'),
        access: param
          .choice(ACCESS, 'invite and private: joined by invitation; unlisted and private: not listed')
          .default(options.access),
        role: param
          .choice(['owner', 'moderator'], 'moderator: nobody owns it, and it goes with its last member')
          .default('owner'),
      },
      async run({ account, values: { room: name, access, role } }) {
        await directory.load();
        const room = await settings.create(bare(name), account, { access }, role);
        return 'kind' in room ? room : replyAbout(context, `created:#${room.name}`, room, account);
      },
    }),

    roomCommand(
      context,
      { name: 'join', summary: 'Joins a room', params: { key: param.word('its key, if it has one').optional() } },
      async ({ room, account, values: { key } }) => {
        const refusal = await members.enter(room, account, key);
        return refusal ?? replyAbout(context, `joined:#${room.name}`, room, account);
      },
    ),

    roomCommand(context, { name: 'leave', summary: 'Leaves a room' }, async ({ room, account }) => {
      const left = await members.leave(room, account);
      if ('kind' in left) return left;
      return reply(`left:#${room.name}`, { room: room.id, roomName: `#${room.name}`, deleted: left.deleted });
    }),

    roomCommand(
      context,
      {
        name: 'topic',
        summary: `Shows the topic of a room, or sets it; ${NONE} removes it`,
        params: { text: param.text('the new topic').optional() },
      },
      async ({ room, account, values: { text } }) => {
        if (text === undefined) return topicOf(room, account);
        const changed = await setTopic(room, account, text.trim() === NONE ? '' : text.trim());
        return 'kind' in changed ? changed : topicOf(changed, account);
      },
    ),

    roomCommand(
      context,
      {
        name: 'members',
        summary: 'Lists the members of a room and their roles',
        params: { after: param.user('lists those who registered after this one').optional() },
        action: 'list members',
      },
      async ({ room, values: { after } }) => {
        const first = after === undefined ? undefined : await accounts.find(after);
        if (after !== undefined && first === undefined) return noUser(after);
        const page = await log.members(room.id, first?.id ?? 0, options.pageSize + 1);
        const shown = page.slice(0, options.pageSize);
        const found = await Promise.all(shown.map(({ account }) => accounts.get(account)));
        const named = shown.flatMap(({ role }, index) => {
          const name = found[index]?.name;
          return name === undefined ? [] : [{ name, role: roleOf(role) }];
        });
        const hasMore = page.length > shown.length;
        const line = pageOf(
          named.map(({ name, role }) => `${name}:${role}`),
          hasMore,
        );
        return reply(line, { room: room.id, roomName: `#${room.name}`, members: named, hasMore });
      },
    ),
  ];
}
