import {
  type Account,
  type Accounts,
  type Clock,
  type CommandCall,
  type CommandSpec,
  type Lockout,
  type MessageLog,
  type OtherServers,
  type Presence,
  param,
  passwordObjection,
  type Refusal,
  type Reply,
  type ResetCodes,
  type Roles,
  refuse,
  reply,
  type Server,
} from 'chatserv';
import type { Act, Audit } from './audit.ts';
import { type Bans, isFrom } from './bans.ts';
import { type Closing, closeSessions } from './closing.ts';
import type { Mutes } from './mutes.ts';
import { noUser, targetOf, textOf, userOf } from './target.ts';

/** How long a command waits for messages to be removed before it answers without their number, in milliseconds. */
const PURGE_PATIENCE = 3000;

/** How long a ban without a time lasts, in seconds: longer than any server lives. */
const FOREVER = 100 * 365 * 86_400;

/** What can be banned, as usage lines show it. */
const TARGET = 'user, IP address or network';

const CANNOT_PURGE = 'This store cannot remove messages.';

/** What the moderation commands need. */
export interface Moderation {
  readonly accounts: Accounts;
  readonly lockout?: Lockout | undefined;
  readonly messageLog?: MessageLog | undefined;
  readonly presence: Presence;
  readonly otherServers?: OtherServers | undefined;
  readonly resetCodes?: ResetCodes | undefined;
  readonly roles?: Roles | undefined;
  readonly server: Server;
  readonly clock: Clock;
  readonly bans: Bans;
  readonly mutes: Mutes;
  readonly audit: Audit;
  /** How long a mute without a time lasts, in seconds. */
  readonly muteTime: number;
}

/** The commands that act on users and addresses. */
export function moderationCommands({
  accounts,
  lockout,
  messageLog,
  presence,
  otherServers,
  resetCodes,
  roles,
  server,
  clock,
  bans,
  mutes,
  audit,
  muteTime,
}: Moderation): CommandSpec[] {
  /** Prepares an action on a user or guest. Refuses it if there is no such user, or the caller may not act on them. */
  async function onUser(
    { account: caller, command }: CommandCall,
    name: string,
    act: (account: Account) => Promise<Reply>,
  ): Promise<Refusal | Act> {
    const account = await userOf(name, accounts, presence);
    if (account === undefined) return noUser(name);
    return (await objection(caller, account, command)) ?? { target: `user:${account.name}`, run: () => act(account) };
  }

  /** Refuses actions on oneself, and a moderator's actions on an admin. */
  async function objection(caller: Account, account: Account, command: string): Promise<Refusal | undefined> {
    if (account.id === caller.id) return refuse('self', `You cannot ${command} yourself.`);
    const isAdmin = async (one: Account) => (await roles?.has(one, 'admin')) ?? false;
    if (!(await isAdmin(account)) || (await isAdmin(caller))) return undefined;
    return refuse('role', `Only an admin can ${command} an admin.`);
  }

  /** Closes sessions on all servers. @returns how many */
  async function close(closing: Closing): Promise<number> {
    const here = closeSessions(server, closing);
    const answers = (await otherServers?.ask('admin.close', closing)) ?? [];
    return answers.reduce((sum, answer) => sum + ('result' in answer ? Number(answer.result) || 0 : 0), here);
  }

  async function banUser(account: Account, seconds: number, purges: boolean): Promise<Reply> {
    await bans.addAccount(account, seconds);
    const connections = await close({ reason: 'banned', account: account.id });
    // Otherwise the tokens would work again once the ban ends.
    await accounts.signOut(account.id);
    const removed = purges ? await purge(account.id) : 0;
    return reply(`done:${connections}`, { user: account.name, connections, ...(purges && { removed }) });
  }

  /** Removes a sender's undelivered messages. @returns how many; undefined if that is not known in time */
  async function purge(sender: number | string): Promise<number | undefined> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const cancel = clock.after(PURGE_PATIENCE, () => resolve(undefined));
    try {
      return await Promise.race([messageLog?.removeFrom?.(sender) ?? 0, promise]);
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
    const connections = await close({ reason: 'banned', network });
    return reply(`done:${connections}`, { address: network, connections });
  }

  /** Refuses bans of exempt networks, and of the one the caller connects from. */
  function networkObjection({ session }: CommandCall, network: string): Refusal | undefined {
    const [address = ''] = network.split('/');
    if (server.isExempt(address)) {
      return refuse('exempt', 'That address is exempt from the limits of this server, and from bans.');
    }
    return isFrom(network)(session) ? refuse('self', 'You cannot ban the address you connect from.') : undefined;
  }

  return [
    audit.command(
      {
        name: 'kick',
        summary: 'Closes the connections of a user',
        role: 'moderator',
        params: { user: param.user() },
      },
      (call) =>
        onUser(call, call.values.user, async (account) => {
          const connections = await close({ reason: 'kicked', account: account.id });
          return reply(`done:${connections}`, { user: account.name, connections });
        }),
    ),
    audit.command(
      {
        name: 'ban',
        summary:
          "Bans a user or an address, for good or for a time; purge also removes the user's undelivered messages",
        role: 'admin',
        params: {
          target: param.word('', { label: TARGET }),
          time: param.duration('for how long; for good if left out').optional(),
          purge: param.choice(['purge'], "also removes the user's undelivered messages").optional(),
        },
      },
      async (call) => {
        const { time = FOREVER, purge: purges } = call.values;
        const target = await targetOf(call.values.target, accounts);
        if (target.kind === 'refusal') return target;
        if (target.kind === 'user') {
          if (purges && messageLog?.removeFrom === undefined) return refuse('unsupported', CANNOT_PURGE);
          const because = await objection(call.account, target.account, call.command);
          return because ?? { target: textOf(target), run: () => banUser(target.account, time, purges !== undefined) };
        }
        if (purges) return refuse('args', 'Only a user can be purged: an address has no messages.');
        const because = networkObjection(call, target.network);
        return because ?? { target: textOf(target), run: () => banNetwork(target.network, time) };
      },
    ),
    audit.command(
      {
        name: 'unban',
        summary: 'Lifts the ban of a user or an address',
        role: 'admin',
        params: { target: param.word('', { label: TARGET }) },
      },
      async ({ values }) => {
        const target = await targetOf(values.target, accounts);
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
        summary: 'Lifts the blocks of a user after wrong passwords',
        role: 'moderator',
        params: { user: param.user() },
      },
      async ({ values: { user } }) => {
        if (lockout === undefined)
          return refuse('unsupported', "There is nothing to lift: the plugin 'lockout' is off.");
        const account = await accounts.find(user);
        if (account === undefined) return noUser(user);
        return {
          target: `user:${account.name}`,
          async run() {
            const lifted = await lockout.lift(account);
            return reply(`done:${lifted}`, { user: account.name, lifted });
          },
        };
      },
    ),
    audit.command(
      {
        name: 'reset-code',
        summary: 'Makes a code with which a user can log in once and choose a new password',
        role: 'admin',
        params: { user: param.user() },
      },
      async ({ values: { user } }) => {
        if (resetCodes === undefined) return refuse('unsupported', "The plugin 'reset-codes' is off.");
        const account = await accounts.find(user);
        if (account === undefined) return noUser(user);
        const wrong = passwordObjection(account);
        if (wrong !== undefined) return refuse('user', wrong);
        return {
          target: `user:${account.name}`,
          async run() {
            const issued = await resetCodes.issue(account);
            if (issued === undefined) return refuse('unsupported', 'This server has no passwords.');
            const { code, expires } = issued;
            return reply(`code:${code}`, { user: account.name, code, expires: new Date(expires).toISOString() });
          },
        };
      },
    ),
    audit.command(
      {
        name: 'purge',
        summary: "Removes a user's undelivered messages, even if the account is gone",
        role: 'moderator',
        params: { user: param.user() },
      },
      async (call) => {
        const { user } = call.values;
        if (messageLog?.removeFrom === undefined) return refuse('unsupported', CANNOT_PURGE);
        if ((await accounts.find(user)) !== undefined) {
          return onUser(call, user, ({ id, name }) => purgeUser(id, name));
        }
        return { target: `user:${user}`, run: () => purgeUser(user, user) };
      },
    ),
    audit.command(
      {
        name: 'mute',
        summary: 'Refuses the messages of a user for a while',
        role: 'moderator',
        params: { user: param.user(), time: param.duration('for how long').default(muteTime) },
      },
      (call) =>
        onUser(call, call.values.user, async (account) => {
          await mutes.add(account, call.values.time);
          await otherServers?.ask('admin.mute', { account: account.id });
          return 'done:';
        }),
    ),
    audit.command(
      {
        name: 'unmute',
        summary: 'Lifts the mute of a user',
        role: 'moderator',
        params: { user: param.user() },
      },
      (call) =>
        onUser(call, call.values.user, async (account) => {
          await mutes.remove(account);
          await otherServers?.ask('admin.mute', { account: account.id });
          return 'done:';
        }),
    ),
  ];
}
