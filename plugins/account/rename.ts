import { Accounts, command, definePlugin, Guests, nameObjection, param, refuse, reply, z } from 'chatserv';

/** The time for `perHour`, in seconds. */
const HOUR = 3600;

export default definePlugin({
  name: 'rename',
  summary: 'Lets guests with an account take another name, and users if the host allows it',
  options: z.strictObject({
    users: z
      .boolean()
      .default(false)
      .describe('Whether users may rename themselves, too: others may take the old name'),
    perHour: z.int().positive().default(20).describe('How often an account may be renamed within an hour'),
  }),
  needs: { accounts: Accounts },
  wants: { guests: Guests },
  setup({ options, accounts, guests, clock, logger, quota, server }) {
    if (guests === undefined && !options.users) return {};
    const renames = quota('renames');
    return {
      commands: [
        command({
          name: 'rename',
          summary: 'Takes another name',
          params: { name: param.word('the new name') },
          async run({ session, account, values: { name } }) {
            const isGuest = guests?.has(account) === true;
            if (!isGuest && !options.users) return refuse('denied');
            if (session.codec.renames !== true) {
              return refuse('unsupported', 'Your client cannot take another name while it is online.');
            }
            const wrong = nameObjection(name);
            if (wrong !== undefined) return refuse('name', `The name '${name}' cannot be used (${wrong}).`);
            const rule = { most: options.perHour, time: HOUR };
            if (renames.take(String(account.id), rule, clock.monotonic()) > 0) {
              server.countLimitHit('renames');
              return refuse('too-often', `You can take another name ${options.perHour} times an hour.`);
            }
            const renamed = await (isGuest ? guests.rename(session, name) : accounts.rename(account.id, name, true));
            if (renamed === undefined)
              return refuse('taken', `The name '${name}' is taken, or looks like one that is.`);
            if ('kind' in renamed) return renamed;
            logger.info({ event: 'rename', ...session.who, before: account.name }, 'an account was renamed');
            return reply(`renamed:${renamed.name}`, { name: renamed.name, before: account.name });
          },
        }),
      ],
    };
  },
});
