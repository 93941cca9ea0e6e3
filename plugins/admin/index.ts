import {
  type Account,
  Accounts,
  Blocks,
  blocked,
  type CommandCall,
  type CommandSpec,
  definePlugin,
  differenceInWords,
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

    const isOf =
      ({ id }: Account) =>
      (session: Session) =>
        session.account?.id === id;
    const banOf = async (account: Account) => {
      const left = await bans.ofAccount(account);
      return left > 0 ? blocked(left) : undefined;
    };
    /** What is done with an account, if there is one of that name. */
    const withAccount = async (name: string, act: (account: Account) => Promise<Reply>) => {
      const account = await accounts.find(name);
      return account === undefined ? refuse('user') : () => act(account);
    };

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
            const account = await accounts.find(name);
            return account && (await banOf(account));
          },
        },
        // Whoever did not give a name, but a token, was not asked before.
        onAdmit: { order: 'pre', handler: (_session, account) => banOf(account) },
        onLogin: {
          order: 'pre',
          // Nothing that waits is given to who is banned.
          before: 'offline-messages',
          async handler(session) {
            if (session.account !== undefined) await mutes.recall(session.account);
          },
        },
        async onAccountChange(account, change) {
          if (change !== 'removed') return;
          await bans.removeAccount(account);
          await mutes.remove(account);
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
          ({ args: [name = ''] }) => withAccount(name, async (account) => close('kicked', isOf(account))),
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
            const network = networkIn(who);
            if (network === undefined) {
              return withAccount(who, async (account) => {
                await bans.addAccount(account, seconds);
                const done = close('banned', isOf(account));
                // Tokens from before the ban do not outlive it.
                await accounts.signOut(account.id);
                return done;
              });
            }
            return async () => {
              await bans.addNetwork(network, seconds);
              return close('banned', (session) => session.network === network);
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
          async ({ args: [who = ''] }) => {
            const network = networkIn(who);
            if (network === undefined) {
              return withAccount(who, async (account) => {
                await bans.removeAccount(account);
                return 'done:';
              });
            }
            return async () => {
              await bans.removeNetwork(network);
              return 'done:';
            };
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
