import {
  type Account,
  type Accounts,
  type CommandSpec,
  command,
  noRoom,
  param,
  plainLine,
  type Refusal,
  type RoomInfo,
  type RoomRole,
  type Rooms,
  refuse,
  reply,
} from 'chatserv';
import type { Approval, Approved } from './approval.ts';
import type { HeldMessage, HeldMessages } from './held-messages.ts';
import type { ApprovalRooms } from './rooms.ts';

/** What the commands use. */
export interface CommandContext {
  readonly options: { readonly pageSize: number };
  readonly accounts: Accounts;
  readonly rooms: Rooms;
  readonly approvalRooms: ApprovalRooms;
  readonly held: HeldMessages;
  readonly approval: Approval;
}

const TITLES: Partial<Record<RoomRole, string>> = { moderator: 'moderators and owners', owner: 'owners' };

const aboutRoom = ({ id, name }: RoomInfo) => ({ room: id, roomName: `#${name}` });

/** The commands of owners and moderators. */
export function approvalCommands(context: CommandContext): CommandSpec[] {
  const { options, accounts, rooms, approvalRooms, held, approval } = context;

  /** A room that the caller can see, with the role that a command needs in it. */
  async function roomFor(name: string, account: Account, least: RoomRole): Promise<RoomInfo | Refusal> {
    const room = await rooms.find(name, account);
    if (room === undefined) return noRoom(name.slice(1));
    if (await rooms.allows(room.id, account, least)) return room;
    if ((await rooms.role(room.id, account)) === undefined)
      return refuse('not-member', `You are not in #${room.name}.`);
    return refuse('role', `Only ${TITLES[least]} of #${room.name} may do that.`);
  }

  /** A held message for programs. */
  async function factsOf({ number, sender, text, reply: answers, time }: HeldMessage) {
    const user = (await accounts.get(sender))?.name ?? '*removed*';
    return { number, user, text, ...(answers && { reply: answers }), time: new Date(time).toISOString() };
  }

  const noMessage = (number: number, { name }: RoomInfo) =>
    refuse('no-message', `No message ${number} waits for approval in #${name}.`);

  async function approveAll(room: RoomInfo, account: Account) {
    const outcomes: [number, Approved][] = [];
    for (const { number } of await held.list(room.id)) {
      outcomes.push([number, await approval.approve(room.id, number, account)]);
    }
    const approved = outcomes.flatMap(([number, outcome]) => (outcome === 'posted' ? number : []));
    const waiting = (await held.list(room.id)).length;
    return reply(`done:${approved.length}`, { ...aboutRoom(room), approved, waiting });
  }

  return [
    command({
      name: 'room-approval',
      summary: 'Turns approval on or off in a room: whether moderators see messages first; or shows it',
      params: { room: param.room(), state: param.choice(['on', 'off']).optional() },
      async run({ session, account, values: { room: name, state } }) {
        const room = await roomFor(name, account, state === undefined ? 'reader' : 'owner');
        if (!('id' in room)) return room;
        if (state === undefined) {
          const isOn = approvalRooms.has(room.id);
          return reply(`approval:${isOn ? 'on' : 'off'}`, { ...aboutRoom(room), approval: isOn });
        }
        if (approvalRooms.isDeclared(room)) {
          return refuse('declared', `The config of the server sets this for #${room.name}.`);
        }
        if (!(await approvalRooms.set(room.id, state === 'on', account, session.deviceName))) return noRoom(room.name);
        return reply('done:', { ...aboutRoom(room), approval: state === 'on' });
      },
    }),
    command({
      name: 'room-held',
      summary: 'Lists the messages that wait for approval in a room',
      params: { room: param.room(), after: param.integer('lists those with greater numbers', { min: 0 }).default(0) },
      async run({ account, values: { room: name, after } }) {
        const room = await roomFor(name, account, 'moderator');
        if (!('id' in room)) return room;
        const page = await held.list(room.id, after, options.pageSize + 1);
        const messages = await Promise.all(page.slice(0, options.pageSize).map(factsOf));
        const hasMore = page.length > options.pageSize;
        const lines = messages.map(
          ({ number, user, text, time }) =>
            `${number} ${plainLine(Date.parse(time), `#${room.name} ${user}: ${text}`)}`,
        );
        return reply([...lines, ...(hasMore ? ['...'] : [])], { ...aboutRoom(room), messages, hasMore });
      },
    }),
    command({
      name: 'room-approve',
      summary: 'Posts messages that wait for approval in a room',
      usage: 'room-approve <room> <number or all>',
      params: {
        room: param.room(),
        number: param.integer('of the message', { min: 1 }).optional(),
        all: param.choice(['all'], 'posts all of them').optional(),
      },
      async run({ account, values: { room: name, number, all } }) {
        const room = await roomFor(name, account, 'moderator');
        if (!('id' in room)) return room;
        if ((number === undefined) === (all === undefined))
          return refuse('args', 'Give the number of a message, or all.');
        if (number === undefined) return approveAll(room, account);
        const outcome = await approval.approve(room.id, number, account);
        if (typeof outcome === 'object') return outcome;
        if (outcome === 'none') return noMessage(number, room);
        if (outcome === 'dropped') return refuse('not-member', `The sender is no longer in #${room.name}.`);
        return reply('done:1', { ...aboutRoom(room), approved: [number], waiting: (await held.list(room.id)).length });
      },
    }),
    command({
      name: 'room-reject',
      summary: 'Erases a message that waits for approval in a room, and tells its sender',
      params: {
        room: param.room(),
        number: param.integer('of the message', { min: 1 }),
        reason: param.text('what the sender is told').optional(),
      },
      async run({ account, values: { room: name, number, reason } }) {
        const room = await roomFor(name, account, 'moderator');
        if (!('id' in room)) return room;
        const rejected = await approval.reject(room.id, number, account, reason);
        if (rejected === undefined) return noMessage(number, room);
        return reply('done:', { ...aboutRoom(room), number });
      },
    }),
  ];
}
