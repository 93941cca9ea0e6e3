import {
  type Account,
  Accounts,
  blocked,
  definePlugin,
  differenceInWords,
  Lockout,
  MessageLog,
  OtherServers,
  otherReloadsInWords,
  Plugins,
  Presence,
  param,
  ResetCodes,
  Roles,
  refuse,
  Storage,
  TimedBlocks,
  z,
} from 'chatserv';
import { Audit } from './audit.ts';
import { Bans } from './bans.ts';
import { obeyOthers } from './closing.ts';
import { moderationCommands } from './moderation.ts';
import { Mutes } from './mutes.ts';
import { roleCommand } from './role.ts';

/** The sender of announcements. No user can have this name. */
const SERVER: Account = { id: 0, name: '*server*' };

export default definePlugin({
  name: 'admin',
  summary: 'Lets moderators and admins kick, ban, mute, purge, give roles, announce and reload',
  options: z.strictObject({
    audit: z
      .string()
      .min(1)
      .default('data/audit.log')
      .describe("The file that logs who did what and when, relative to the config's folder"),
    muteTime: z.int().positive().default(3600).describe('How long a mute without a time lasts, in seconds'),
  }),
  needs: { accounts: Accounts, storage: Storage, plugins: Plugins, presence: Presence },
  wants: {
    lockout: Lockout,
    messageLog: MessageLog,
    otherServers: OtherServers,
    resetCodes: ResetCodes,
    roles: Roles,
  },
  setup(context) {
    const { options, accounts, storage, plugins, otherServers, server, clock, path } = context;
    const audit = new Audit(path(options.audit), clock);
    const bans = new Bans(new TimedBlocks(storage, 'bans', context));
    const mutes = new Mutes(new TimedBlocks(storage, 'mutes', context), clock);
    const moderation = { ...context, bans, mutes, audit, muteTime: options.muteTime };

    const banOf = async (account: Account) => {
      const left = await bans.ofAccount(account);
      return left > 0 ? blocked(left) : undefined;
    };

    let stop = () => {};

    return {
      async start() {
        stop();
        if (otherServers !== undefined) stop = obeyOthers(otherServers, server, bans, mutes);
        await bans.load();
        for (const { account } of server.sessions()) if (account) await mutes.recall(account);
      },
      hooks: {
        onConnect: {
          guard: async (session) => ((await bans.holds(session)) ? refuse('banned') : undefined),
        },
        onUsername: {
          async guard(_session, name) {
            const account = await accounts.find(name);
            return account && (await banOf(account));
          },
        },
        // A login with a token gives no name to onUsername.
        onAdmit: {
          guard: {
            // Before other guards let it say anything.
            order: 'pre',
            async handler(_session, account) {
              await mutes.recall(account);
              return banOf(account);
            },
          },
        },
        async onAccountChange(account, change) {
          if (change !== 'removed') return;
          await bans.removeAccount(account);
          await mutes.remove(account);
        },
        onMessage: {
          guard: {
            filter: ({ from }) => mutes.isMuted(from),
            handler: () => refuse('muted', 'You are muted for now.'),
          },
        },
      },
      commands: [
        ...moderationCommands(moderation),
        roleCommand(moderation),
        audit.command(
          {
            name: 'announce',
            summary: 'Sends a message from the server to every user',
            role: 'admin',
            params: { text: param.text('what to say') },
          },
          async ({ values: { text } }) => ({
            async run() {
              const posted = await server.post({ from: SERVER, to: 'everyone', text });
              return 'kind' in posted ? posted : 'sent:';
            },
          }),
        ),
        audit.command(
          {
            name: 'reload',
            summary: 'Reloads the config and the plugins',
            role: 'admin',
            params: { where: param.choice(['everywhere'], 'also on the other servers of the chat').optional() },
          },
          async ({ values: { where } }) => ({
            async run() {
              try {
                const here = differenceInWords(await plugins.reload());
                return where === undefined ? here : [here, ...otherReloadsInWords(await plugins.reloadOthers())];
              } catch (cause) {
                return (cause as Error).message.split('\n');
              }
            },
          }),
        ),
      ],
      dispose: () => stop(),
    };
  },
});
