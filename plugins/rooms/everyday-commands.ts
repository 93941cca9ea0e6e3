import {
  type Account,
  type CommandSpec,
  command,
  durationInWords,
  nameKey,
  param,
  type Refusal,
  type Reply,
  reply,
} from 'chatserv';
import { mayDo, memberRole } from './access.ts';
import { declarationOf, limit, type RoomContext } from './context.ts';
import { ACCESS, type KnownRoom } from './facts.ts';
import type { Members } from './members.ts';
import { bare } from './names.ts';
import { roleOf } from './policy.ts';
import { declared, notAllowed, notMember, noUser } from './refusals.ts';
import { factsOf, pageOf, replyAbout, roomCommand } from './room-command.ts';
import type { Settings } from './settings.ts';

/** Removes a topic, where its text would stand. */
const NO_TOPIC = '-';

/** The commands for everyone: listing, creating, joining and leaving rooms. */
export function everydayCommands(context: RoomContext, settings: Settings, members: Members): CommandSpec[] {
  const { options, directory, memberships, invitations, accounts, log } = context;

  /**
   * The rooms that are listed for an account: those it is in or invited to, and others that are not hidden.
   * @param after only those whose names come after this key
   * @returns a page and one more, if there is one
   */
  async function listed(account: Account, invited: ReadonlySet<number>, after: string): Promise<KnownRoom[]> {
    await directory.load();
    const mine = await memberships.of(account.id);
    const found: KnownRoom[] = [];
    for (const room of directory.sorted()) {
      if (nameKey(room.name) <= after) continue;
      const isListed = room.access !== 'private' && !room.archived;
      if (isListed || mine.has(room.id) || invited.has(room.id)) found.push(room);
      if (found.length > options.pageSize) break;
    }
    return found;
  }

  function topicOf(room: KnownRoom, account: Account): Promise<Reply> {
    const text = room.topic === '' ? `topic:#${room.name}` : `topic:#${room.name} ${room.topic}`;
    return replyAbout(context, text, room, account);
  }

  async function setTopic(room: KnownRoom, account: Account, text: string): Promise<KnownRoom | Refusal> {
    if (!(await mayDo(context, room, account, 'set the topic'))) {
      const isMember = await memberships.has(room.id, account.id);
      return isMember ? notAllowed('set the topic', room) : notMember(room);
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
        const page = await listed(account, invited, after === undefined ? '' : nameKey(bare(after)));
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
      const { name, topic, access, posting, slow, archived } = room;
      const line = [
        `#${name} access:${access} posting:${posting} slow:${slow === 0 ? 'off' : durationInWords(slow)}`,
        `members:${size} role:${role ?? 'none'}`,
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
          .choice(ACCESS, 'public: anyone may join; invite: by invitation; private: by invitation, and hidden')
          .default(options.access),
      },
      async run({ account, values: { room: name, access } }) {
        await directory.load();
        const room = await settings.create(bare(name), account, { access });
        return 'kind' in room ? room : replyAbout(context, `created:#${room.name}`, room, account);
      },
    }),

    roomCommand(context, { name: 'join', summary: 'Joins a room' }, async ({ room, account }) => {
      const refusal = await members.enter(room, account);
      return refusal ?? replyAbout(context, `joined:#${room.name}`, room, account);
    }),

    roomCommand(context, { name: 'leave', summary: 'Leaves a room' }, async ({ room, account }) => {
      const left = await members.leave(room, account);
      if ('kind' in left) return left;
      return reply(`left:#${room.name}`, { room: room.id, roomName: `#${room.name}`, deleted: left.deleted });
    }),

    roomCommand(
      context,
      {
        name: 'topic',
        summary: `Shows the topic of a room, or sets it; ${NO_TOPIC} removes it`,
        params: { text: param.text('the new topic').optional() },
      },
      async ({ room, account, values: { text } }) => {
        if (text === undefined) return topicOf(room, account);
        const changed = await setTopic(room, account, text.trim() === NO_TOPIC ? '' : text.trim());
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
