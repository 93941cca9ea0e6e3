import {
  type Account,
  type CommandSpec,
  command,
  type Invitation,
  noRoom,
  param,
  type Refusal,
  type Roles,
  type Rooms,
  refuse,
  reply,
  type Server,
} from 'chatserv';
import { type InvitationRegister, idOf, type KnownInvitation } from './register.ts';
import type { InvitationService } from './service.ts';

/** What the commands need. */
export interface CommandContext {
  readonly options: {
    readonly role: string;
    readonly perAccount: number;
    readonly maxUses: number;
    readonly time: number;
    readonly maxTime: number;
  };
  readonly register: InvitationRegister;
  readonly service: InvitationService;
  readonly roles?: Roles | undefined;
  readonly rooms?: Rooms | undefined;
  readonly server: Server;
}

const ROOM = /^#[^\s:,()[\]{}#*]+$/;

/** The commands that make, list, revoke and use invitations. */
export function invitationCommands(context: CommandContext): CommandSpec[] {
  const { options, register, service, roles, rooms, server } = context;
  /** The last `invitation` under way: they run one after the other, so that none exceeds the limit. */
  let making: Promise<unknown> = Promise.resolve();

  const hasRole = async (account: Account, role: string) => (await roles?.has(account, role)) ?? false;

  function limit(name: string, reason: string, sentence: string): Refusal {
    server.countLimitHit(name);
    return refuse(reason, sentence);
  }

  /** The ids of the rooms that an account names, in all of which it must be a moderator. */
  async function roomsFor(account: Account, text: string): Promise<readonly number[] | Refusal> {
    const ids: number[] = [];
    for (const name of text.split(/\s+/).filter((word) => word !== '')) {
      if (!ROOM.test(name)) return refuse('args', `'${name}' is not a room: rooms are written #lab.`);
      if (rooms === undefined) return refuse('unsupported', 'This server has no rooms.');
      const room = await rooms.find(name, account);
      if (room === undefined) return noRoom(name.slice(1));
      if (!(await rooms.allows(room.id, account, 'moderator'))) {
        return refuse('denied', `Only moderators of ${name} can invite to it.`);
      }
      ids.push(room.id);
    }
    return ids;
  }

  /** Why an account may not have another invitation, if so. */
  async function tooMany({ id }: Account): Promise<Refusal | undefined> {
    const own = (await register.all()).filter(({ by, left }) => by === id && left > 0);
    if (own.length < options.perAccount) return undefined;
    const sentence = `You can have ${options.perAccount} open invitations: revoke one, or wait until one is used.`;
    return limit('invitations-per-account', 'too-many', sentence);
  }

  /** The invitations that an account may see and revoke: its own; for an admin all. */
  async function visibleTo(account: Account): Promise<readonly KnownInvitation[]> {
    const all = await register.all();
    return (await hasRole(account, 'admin')) ? all : all.filter(({ by }) => by === account.id);
  }

  return [
    command({
      name: 'invitation',
      summary: 'Makes an invitation for new users: for how many, for how long, and into which rooms',
      params: {
        uses: param.integer('for how many users', { min: 1 }).default(1),
        time: param.duration('for how long').default(options.time),
        rooms: param.text('the rooms that they join, such as #lab #town', { label: 'rooms' }).optional(),
      },
      async run({ account, values: { uses, time, rooms: names = '' } }) {
        const ids = await roomsFor(account, names);
        if ('kind' in ids) return ids;
        if (ids.length === 0 && !(await hasRole(account, options.role))) {
          return refuse('denied', 'You can invite new users only to rooms of which you are a moderator.');
        }
        if (uses > options.maxUses) {
          return limit('invitation-uses', 'too-many', `An invitation is for at most ${options.maxUses} users.`);
        }
        if (time > options.maxTime) {
          const days = Math.floor(options.maxTime / 86_400);
          return limit('invitation-time', 'too-long', `An invitation is valid for at most ${days} days.`);
        }
        const mine = making.then(async () => {
          return (await tooMany(account)) ?? service.create({ by: account, uses, time, rooms: ids });
        });
        making = mine.catch(() => {});
        const made = await mine;
        if ('kind' in made) return made;
        const { code, link } = made;
        return reply(link === undefined ? `code:${code}` : `code:${code} ${link}`, { ...factsOf(made), code, link });
      },
    }),
    command({
      name: 'invitations',
      summary: 'Lists your invitations; for an admin, all',
      async run({ account }) {
        const found = await Promise.all((await visibleTo(account)).map((known) => service.describe(known)));
        return reply(found.map(lineOf), { invitations: found.map(factsOf) });
      },
    }),
    command({
      name: 'revoke',
      summary: 'Revokes an invitation',
      params: { invitation: param.word('its code, or the word that invitations shows') },
      async run({ account, values: { invitation } }) {
        const key = (await register.find(invitation))?.key;
        const found = (await visibleTo(account)).find((one) => one.key === key || idOf(one.key) === invitation);
        if (found === undefined) return refuse('invitation', 'You have no such invitation.');
        await register.remove(found.key);
        return reply('revoked:', { id: idOf(found.key) });
      },
    }),
    command({
      name: 'redeem',
      summary: 'Joins the rooms that an invitation leads to',
      params: { code: param.word('its code') },
      async run({ account, session, values: { code } }) {
        const found = await service.check(code, session);
        if (found === 'wrong') return refuse('invitation', 'That invitation is not valid, or no longer.');
        if ('kind' in found) return refuse('blocked', `There were too many wrong codes: wait ${found.seconds} s.`);
        if (found.rooms.length + found.roles.length === 0) {
          return refuse('unsupported', 'That invitation is for new users only.');
        }
        const use = await service.use(code);
        if (use === undefined) return refuse('invitation', 'That invitation was used up.');
        const joined = await use.grant(account);
        if (joined.length + found.roles.length === 0) {
          await use.giveBack();
          return refuse('invitation', 'That invitation leads nowhere any more.');
        }
        return reply(`redeemed:${joined.map((name) => `#${name}`).join(' ')}`, { rooms: joined });
      },
    }),
  ];
}

function lineOf({ id, by, uses, left, expires, rooms, roles }: Invitation): string {
  const where = [...rooms.map((name) => `#${name}`), ...roles].map((word) => ` ${word}`).join('');
  return `${id} by ${by?.name ?? '*server*'}, ${left} of ${uses} left, until ${timeOf(expires)}${where}`;
}

function factsOf({ id, by, uses, left, expires, rooms, roles }: Invitation): Readonly<Record<string, unknown>> {
  return { id, by: by?.name ?? '*server*', uses, left, expires: timeOf(expires), rooms, roles };
}

function timeOf(time: number): string {
  return new Date(time).toISOString();
}
