import {
  type Account,
  type Accounts,
  type Blocks,
  type Clock,
  type CommandCall,
  type CommandSpec,
  type Log,
  liftBlocks,
  type Refusal,
  type Reply,
  type Roles,
  refuse,
  reply,
  type Server,
  type Session,
} from 'chatserv';
import type { Act, Audit } from './audit.ts';
import { type Bans, isFrom } from './bans.ts';
import { durationOf, FOREVER } from './duration.ts';
import type { Mutes } from './mutes.ts';
import { widthOf } from './networks.ts';
import { targetOf, textOf } from './target.ts';

/** For how long a command waits for messages to be removed, in milliseconds; after that it is done without it. */
const PURGE_PATIENCE = 3000;

/** The word after a ban that has the user's messages removed too. */
const PURGE = 'purge';

/** What the commands work with. */
export interface Moderation {
  readonly accounts: Accounts;
  readonly blocks: Blocks;
  readonly log: Log | undefined;
  readonly roles: Roles | undefined;
  readonly server: Server;
  readonly clock: Clock;
  readonly bans: Bans;
  readonly mutes: Mutes;
  readonly audit: Audit;
  /** How long a mute lasts that says nothing else, in seconds. */
  readonly muteTime: number;
}

/** The commands that act on users and addresses. */
export function moderationCommands({
  accounts,
  blocks,
  log,
  roles,
  server,
  clock,
  bans,
  mutes,
  audit,
  muteTime,
}: Moderation): CommandSpec[] {
  /** Acts on the user of that name, if there is one and the caller may. */
  async function onUser(
    { account: caller }: CommandCall,
    name: string,
    act: (account: Account) => Promise<Reply>,
  ): Promise<Refusal | Act> {
    const account = await accounts.find(name);
    if (account === undefined) return refuse('user');
    return (await objection(caller, account)) ?? { target: `user:${account.name}`, run: () => act(account) };
  }

  /** Why the caller may not act on a user: it is the caller, or an admin while the caller is not. */
  async function objection(caller: Account, account: Account): Promise<Refusal | undefined> {
    if (account.id === caller.id) return refuse('self');
    const isAdmin = async (one: Account) => (await roles?.has(one, 'admin')) ?? false;
    return (await isAdmin(account)) && !(await isAdmin(caller)) ? refuse('role') : undefined;
  }

  /** @returns how many were closed */
  function close(reason: string, whose: (session: Session) => boolean): number {
    const closed = [...server.sessions()].filter(whose);
    for (const session of closed) session.close(reason);
    return closed.length;
  }

  const isOf =
    ({ id }: Account) =>
    (session: Session) =>
      session.account?.id === id;

  async function banUser(account: Account, seconds: number, purges: boolean): Promise<Reply> {
    await bans.addAccount(account, seconds);
    const connections = close('banned', isOf(account));
    // Tokens from before the ban do not outlive it.
    await accounts.signOut(account.id);
    const removed = purges ? await purge(account.id) : 0;
    return reply(`done:${connections}`, { user: account.name, connections, ...(purges && { removed }) });
  }

  /** Removes what a sender said and others still wait for. @returns how much; undefined when it takes longer */
  async function purge(sender: number | string): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = clock.after(PURGE_PATIENCE, () => resolve(undefined));
    try {
      return await Promise.race([log?.removeFrom?.(sender) ?? 0, promise]);
    } finally {
      cancel();
    }
  }

  async function purgeUser(sender: number | string, user: string): Promise<Reply> {
    const removed = await purge(sender);
    return removed === undefined ? reply('removing:', { user }) : reply(`done:${removed}`, { user, removed });
  }

  async function banNetwork(network: string, seconds: number): Promise<Reply> {
    await bans.addNetwork(network, seconds);
    const connections = close('banned', isFrom(network));
    return reply(`done:${connections}`, { address: network, connections });
  }

  /** Why the caller may not ban a network: it is exempt, the caller's own, or wider than the store can list. */
  function networkObjection({ session }: CommandCall, network: string): Refusal | undefined {
    const [address = ''] = network.split('/');
    if (server.isExempt(address)) return refuse('exempt');
    if (isFrom(network)(session)) return refuse('self');
    return widthOf(network) !== undefined && !bans.canBeWide ? refuse('unsupported') : undefined;
  }

  return [
    audit.command(
      {
        name: 'kick',
        usage: 'kick <user>',
        summary: 'Closes the connections of a user',
        role: 'moderator',
        args: { min: 1, max: 1 },
      },
      (call) =>
        onUser(call, call.args[0] ?? '', async (account) => {
          const connections = close('kicked', isOf(account));
          return reply(`done:${connections}`, { user: account.name, connections });
        }),
    ),
    audit.command(
      {
        name: 'ban',
        usage: 'ban <user, IP address or network> [90s, 10m, 2h or 7d] [purge]',
        summary: 'Keeps a user or an address out, for good or for a while; purge removes what the user said, too',
        role: 'admin',
        args: { min: 1, max: 3 },
      },
      async (call) => {
        const [who = '', ...words] = call.args;
        const purges = words.at(-1) === PURGE;
        const [word, ...more] = purges ? words.slice(0, -1) : words;
        const seconds = word === undefined ? FOREVER : durationOf(word);
        if (seconds === undefined || more.length > 0) return refuse('args');
        const target = await targetOf(who, accounts);
        if (target.kind === 'refusal') return target;
        if (target.kind === 'user') {
          if (purges && log?.removeFrom === undefined) return refuse('unsupported');
          const because = await objection(call.account, target.account);
          return because ?? { target: textOf(target), run: () => banUser(target.account, seconds, purges) };
        }
        if (purges) return refuse('args');
        const because = networkObjection(call, target.network);
        return because ?? { target: textOf(target), run: () => banNetwork(target.network, seconds) };
      },
    ),
    audit.command(
      {
        name: 'unban',
        usage: 'unban <user, IP address or network>',
        summary: 'Lets a user or an address in again',
        role: 'admin',
        args: { min: 1, max: 1 },
      },
      async ({ args: [who = ''] }) => {
        const target = await targetOf(who, accounts);
        if (target.kind === 'refusal') return target;
        return {
          target: textOf(target),
          async run() {
            if (target.kind === 'user') {
              await bans.removeAccount(target.account);
              return reply('done:', { user: target.account.name });
            }
            await bans.removeNetwork(target.network);
            return reply('done:', { address: target.network });
          },
        };
      },
    ),
    audit.command(
      {
        name: 'unblock',
        usage: 'unblock <user>',
        summary: 'Lets a user log in who is blocked after wrong passwords',
        role: 'moderator',
        args: { min: 1, max: 1 },
      },
      async ({ args: [name = ''] }) => {
        if (blocks.list === undefined) return refuse('unsupported');
        const account = await accounts.find(name);
        if (account === undefined) return refuse('user');
        return {
          target: `user:${account.name}`,
          async run() {
            const lifted = await liftBlocks(blocks, account, clock.now());
            return reply(`done:${lifted}`, { user: account.name, lifted });
          },
        };
      },
    ),
    audit.command(
      {
        name: 'purge',
        usage: 'purge <user>',
        summary: 'Removes what a user said and others still wait for, also of a user who is removed',
        role: 'moderator',
        args: { min: 1, max: 1 },
      },
      async (call) => {
        const [name = ''] = call.args;
        if (log?.removeFrom === undefined) return refuse('unsupported');
        if ((await accounts.find(name)) !== undefined) {
          return onUser(call, name, ({ id, name }) => purgeUser(id, name));
        }
        return { target: `user:${name}`, run: () => purgeUser(name, name) };
      },
    ),
    audit.command(
      {
        name: 'mute',
        usage: 'mute <user> [90s, 10m, 2h or 7d]',
        summary: 'Refuses what a user says, for a while',
        role: 'moderator',
        args: { min: 1, max: 2 },
      },
      async (call) => {
        const [name = '', word] = call.args;
        const seconds = word === undefined ? muteTime : durationOf(word);
        if (seconds === undefined) return refuse('args');
        return onUser(call, name, async (account) => {
          await mutes.add(account, seconds);
          return 'done:';
        });
      },
    ),
    audit.command(
      {
        name: 'unmute',
        usage: 'unmute <user>',
        summary: 'Lets a user speak again',
        role: 'moderator',
        args: { min: 1, max: 1 },
      },
      (call) =>
        onUser(call, call.args[0] ?? '', async (account) => {
          await mutes.remove(account);
          return 'done:';
        }),
    ),
  ];
}
