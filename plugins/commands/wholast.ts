import { Accounts, command, definePlugin, Presence, param, reply, settledTime, z } from 'chatserv';

const LONGEST = 1440;

export default definePlugin({
  name: 'wholast',
  summary: 'Names everyone who was online within the last minutes',
  options: z.strictObject({
    names: z
      .int()
      .positive()
      .default(1000)
      .describe('How many it names at most beside those who are online: the last ones to leave'),
  }),
  needs: { accounts: Accounts, presence: Presence },
  setup({ options, accounts, presence, clock, logger }) {
    // Who leaves while the clock is ahead for a moment would be among the last for as long.
    const now = settledTime(clock);
    return {
      hooks: {
        // At the login too: a server that is killed sees nobody leave. Nobody waits for the disk for that.
        async onLogin({ account }) {
          if (account === undefined) return;
          accounts.setSeen(account.id, now()).catch((err: unknown) => {
            const facts = { event: 'store-error', account: account.name, err };
            logger.error(facts, 'when somebody came could not be noted; wholast and user list may be wrong');
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
          summary: `Names everyone who is online or was within the last minutes, at most ${LONGEST}`,
          params: { minutes: param.number('how far back', { above: 0, max: LONGEST }) },
          async run({ values: { minutes } }) {
            const before = await accounts.seenSince(now() - minutes * 60_000, options.names);
            const names = [...new Map([...presence.online(), ...before].map(({ id, name }) => [id, name])).values()];
            return reply(names.join(' '), { names });
          },
        }),
      ],
    };
  },
});
