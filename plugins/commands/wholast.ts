import { Accounts, command, definePlugin, Presence, param, renamedOption, reply, settledTime, z } from 'chatserv';

const MAX_MINUTES = 1440;

export default definePlugin({
  name: 'wholast',
  summary: 'Lists everyone who was online within the last minutes',
  options: z.strictObject({
    maxNames: z
      .int()
      .positive()
      .default(1000)
      .describe('How many it names at most besides those online: the last to leave'),
    names: renamedOption('maxNames'),
  }),
  needs: { accounts: Accounts, presence: Presence },
  setup({ options, accounts, presence, clock, logger }) {
    // A user who leaves while the clock is briefly ahead must not stay on the list for longer.
    const now = settledTime(clock);
    return {
      hooks: {
        // At the login, too: a server that is killed sees nobody leave. Not awaited: no login waits for the disk.
        async onLogin({ account }) {
          if (account === undefined) return;
          accounts.setSeen(account.id, now()).catch((err: unknown) => {
            const facts = { event: 'store-error', account: account.name, err };
            logger.error(facts, 'cannot record the time of a login; wholast and user list may be wrong');
          });
        },
        async onDisconnect({ account }) {
          if (account !== undefined) await accounts.setSeen(account.id, now());
        },
      },
      commands: [
        command({
          name: 'wholast',
          aliases: ['last'],
          summary: `Lists everyone who is online or was within the last minutes, at most ${MAX_MINUTES}`,
          params: { minutes: param.number('how far back', { above: 0, max: MAX_MINUTES }) },
          async run({ values: { minutes } }) {
            const before = await accounts.seenSince(now() - minutes * 60_000, options.maxNames);
            const names = [...new Map([...presence.online(), ...before].map(({ id, name }) => [id, name])).values()];
            return reply(names.join(' '), { names });
          },
        }),
      ],
    };
  },
});
