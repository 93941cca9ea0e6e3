import {
  type Account,
  type Accounts,
  blocked,
  type Clock,
  type Invitation,
  type Invitations,
  type InvitationUse,
  type Logger,
  type Rooms,
  type Server,
  type SetupContext,
} from 'chatserv';
import { type InvitationRegister, idOf, type KnownInvitation, type StoredInvitation } from './register.ts';

/** What invitations need. */
export interface InvitationContext {
  readonly options: {
    readonly url?: string | undefined;
    readonly wrongPerNetwork: number;
    readonly wrongTime: number;
  };
  readonly accounts: Accounts;
  readonly rooms?: Rooms | undefined;
  readonly register: InvitationRegister;
  readonly server: Server;
  readonly clock: Clock & { monotonic(): number };
  readonly logger: Logger;
  readonly quota: SetupContext<unknown>['quota'];
}

/** The service `Invitations`, with what the commands need beside it. */
export interface InvitationService extends Invitations {
  /** An invitation with the names of what it refers to. */
  describe(known: KnownInvitation): Promise<Invitation>;
}

export function invitationService(context: InvitationContext): InvitationService {
  const { options, accounts, rooms, register, server, clock, logger, quota } = context;
  const wrong = quota('wrong codes');
  const rule = { most: options.wrongPerNetwork, time: options.wrongTime };

  async function describe({ key, by, uses, left, until: expires, rooms: ids, roles }: KnownInvitation) {
    const account = by === 0 ? undefined : await accounts.get(by);
    const found = await Promise.all(ids.map((id) => rooms?.get(id)));
    const names = found.filter((room) => room !== undefined).map(({ name }) => name);
    return { id: idOf(key), by: account && { id: by, name: account.name }, uses, left, expires, rooms: names, roles };
  }

  async function grant(account: Account, id: string, { by, rooms: ids, roles }: StoredInvitation): Promise<string[]> {
    const joined: string[] = [];
    try {
      if (roles.length > 0) {
        const has = (await accounts.get(account.id))?.roles ?? [];
        await accounts.setRoles(account.id, [...new Set([...has, ...roles])]);
      }
      for (const room of ids) {
        const entered = await enter(room, account, by);
        if ('name' in entered) {
          joined.push(entered.name);
          continue;
        }
        const facts = { event: 'invitation-room', invitation: id, account: account.name, room, ...entered };
        logger.warn(facts, `${account.name} was invited to a room and could not join it`);
      }
    } catch (err) {
      const facts = { event: 'store-error', invitation: id, account: account.name, err };
      logger.error(facts, `${account.name} did not get everything that the invitation promised`);
    }
    return joined;
  }

  /** Has an account join a room, if whoever invites to it may still do so. @returns the room's name, or why not */
  async function enter(id: number, account: Account, by: number): Promise<{ name: string } | { because: string }> {
    const room = await rooms?.get(id);
    if (rooms === undefined || room === undefined) return { because: 'the room does not exist any more' };
    const mayInvite = by === 0 || (await rooms.allows(id, { id: by, name: '' }, 'moderator'));
    if (!mayInvite) return { because: 'the one who invited is no longer a moderator there' };
    const refusal = await rooms.join(id, account);
    return refusal === undefined ? { name: room.name } : { because: refusal.reason };
  }

  /** The invitation of a code that can be used. An account that was removed invites nobody. */
  async function find(code: string): Promise<KnownInvitation | undefined> {
    const found = await register.find(code);
    if (found === undefined || found.by === 0) return found;
    return (await accounts.get(found.by)) && found;
  }

  return {
    describe,

    async create({ by, uses, time, rooms: ids = [], roles = [] }) {
      const until = Math.ceil(clock.now() + time * 1000);
      const stored = { by: by?.id ?? 0, uses, left: uses, until, rooms: [...ids], roles: [...roles] };
      const { key, code } = await register.add(stored);
      const invitation = await describe({ key, ...stored });
      logger.info(
        { event: 'invitation', invitation: invitation.id, account: by?.name, uses },
        'an invitation was made',
      );
      return { ...invitation, code, link: options.url === undefined ? undefined : `${options.url}#invite=${code}` };
    },

    async check(code, { network, exempt }) {
      // Counted before it is looked up, so that simultaneous guesses gain nothing.
      const wait = exempt ? 0 : wrong.take(network, rule, clock.monotonic());
      if (wait > 0) {
        server.countLimitHit('wrong-invitations');
        return blocked(wait);
      }
      const found = await find(code);
      if (found === undefined) return 'wrong';
      if (!exempt) wrong.giveBack(network);
      return describe(found);
    },

    async use(code) {
      const found = await find(code);
      const taken = found && (await register.take(found.key));
      if (found === undefined || taken === undefined) return undefined;
      const id = idOf(found.key);
      const use: InvitationUse = {
        id,
        grant: (account) => grant(account, id, taken),
        giveBack: () => register.giveBack(found.key),
      };
      return use;
    },
  };
}
