import {
  type Account,
  Accounts,
  Blocks,
  blocked,
  type CommandCall,
  type CommandSpec,
  definePlugin,
  differenceInWords,
  nameKey,
  Plugins,
  type Reply,
  refuse,
  type Session,
  z,
} from 'chatserv';
import { Audit } from './audit.ts';
import { Bans, networkIn } from './bans.ts';
import { durationOf, FOREVER } from './duration.ts';
import { Mutes } from './mutes.ts';

/** Whom announcements are from. No user can be called so. */
const SERVER: Account = { id: 0, name: '*server*' };

export default definePlugin({
  name: 'admin',
  summary: 'Lets admins and moderators keep order: kick, ban, mute, announce, reload',
  options: z.strictObject({
    audit: z
      .string()
      .min(1)
      .default('data/audit.log')
      .describe("Where it is written down who did what and when, relative to the config's folder"),
    muteTime: z.int().positive().default(3600).describe('How long a mute lasts that says nothing else, in seconds'),
  }),
  needs: { accounts: Accounts, blocks: Blocks, plugins: Plugins },
  setup({ options, accounts, blocks, plugins, server, clock, path }) {
    const audit = new Audit(path(options.audit), clock);
    const bans = new Bans(blocks, clock);
    const mutes = new Mutes(blocks, clock);

    /** A command that is written down before it is done. */
    function audited(
      spec: Omit<CommandSpec, 'run'> & { readonly role: string },
      prepare: (call: CommandCall) => Promise<Reply | (() => Promise<Reply>)>,
    ): CommandSpec {
      return {
        ...spec,
        async run(call) {
          const act = await prepare(call);
          if (typeof act !== 'function') return act;
          await audit.note(call.account, spec.name, call.rest);
          return await act();
        },
      };
    }

    function close(reason: string, whose: (session: Session) => boolean): string {
      const closed = [...server.sessions()].filter(whose);
      for (const session of closed) session.close(reason);
      return `done:${closed.length}`;
    }

    const isOf = (name: string) => (session: Session) =>
      session.account !== undefined && nameKey(session.account.name) === nameKey(name);
    /** What is done with an account, if there is one of that name. */
    const withAccount = async (name: string, act: (account: Account) => Promise<Reply>) => {
      const account = await accounts.find(name);
      return account === undefined ? refuse('user') : () => act(account);
    };
    const isThere = async (who: string) => networkIn(who) !== undefined || (await accounts.find(who)) !== undefined;

    return {
      async start() {
        for (const { account } of server.sessions()) if (account) await mutes.recall(account);
      },
      hooks: {
        onConnect: {
          phase: 'guard',
          async handler({ network }) {
            return (await bans.ofNetwork(network)) > 0 ? refuse('banned') : undefined;
          },
        },
        onUsername: {
          phase: 'guard',
          async handler(_session, name) {
            const left = await bans.ofUser(name);
            return left > 0 ? blocked(left) : undefined;
          },
        },
        onLogin: {
          order: 'pre',
          // Nothing that waits is given to who is banned.
          before: 'offline-messages',
          async handler(session) {
            const { account } = session;
            if (account === undefined) return;
            await mutes.recall(account);
            // Who came in without giving a name, with a token, was not asked before.
            if ((await bans.ofUser(account.name)) > 0) session.close('banned');
          },
        },
        onMessage: {
          phase: 'guard',
          handler: ({ from }) => (mutes.isMuted(from) ? refuse('muted') : undefined),
        },
      },
      commands: [
        audited(
          {
            name: 'kick',
            usage: 'kick <user>',
            summary: 'Closes the connections of a user',
            role: 'moderator',
            args: { min: 1, max: 1 },
          },
          ({ args: [name = ''] }) => withAccount(name, async (account) => close('kicked', isOf(account.name))),
        ),
        audited(
          {
            name: 'ban',
            usage: 'ban <user or IP address> [90s, 10m, 2h or 7d]',
            summary: 'Keeps a user or an address out, for good or for a while',
            role: 'admin',
            args: { min: 1, max: 2 },
          },
          async ({ args: [who = '', word] }) => {
            const seconds = word === undefined ? FOREVER : durationOf(word);
            if (seconds === undefined) return refuse('args');
            if (!(await isThere(who))) return refuse('user');
            return async () => {
              await bans.add(who, seconds);
              const network = networkIn(who);
              return close('banned', network === undefined ? isOf(who) : (session) => session.network === network);
            };
          },
        ),
        audited(
          {
            name: 'unban',
            usage: 'unban <user or IP address>',
            summary: 'Lets a user or an address in again',
            role: 'admin',
            args: { min: 1, max: 1 },
          },
          async ({ args: [who = ''] }) =>
            async () => {
              await bans.remove(who);
              return 'done:';
            },
        ),
        audited(
          {
            name: 'mute',
            usage: 'mute <user> [90s, 10m, 2h or 7d]',
            summary: 'Refuses what a user says, for a while',
            role: 'moderator',
            args: { min: 1, max: 2 },
          },
          async ({ args: [name = '', word] }) => {
            const seconds = word === undefined ? options.muteTime : durationOf(word);
            if (seconds === undefined) return refuse('args');
            return withAccount(name, async (account) => {
              await mutes.add(account, seconds);
              return 'done:';
            });
          },
        ),
        audited(
          {
            name: 'unmute',
            usage: 'unmute <user>',
            summary: 'Lets a user speak again',
            role: 'moderator',
            args: { min: 1, max: 1 },
          },
          ({ args: [name = ''] }) =>
            withAccount(name, async (account) => {
              await mutes.remove(account);
              return 'done:';
            }),
        ),
        audited(
          {
            name: 'announce',
            usage: 'announce <text>',
            summary: 'Tells every user something, from the server',
            role: 'admin',
            args: { min: 1 },
          },
          async ({ rest }) =>
            async () => {
              const posted = await server.post({ from: SERVER, to: 'everyone', text: rest });
              return 'kind' in posted ? posted : 'sent:';
            },
        ),
        audited(
          {
            name: 'reload',
            usage: 'reload',
            summary: 'Has the server read config and plugins again',
            role: 'admin',
            args: { max: 0 },
          },
          async () => async () => {
            try {
              return differenceInWords(await plugins.reload());
            } catch (cause) {
              return (cause as Error).message.split('\n');
            }
          },
        ),
      ],
    };
  },
});
