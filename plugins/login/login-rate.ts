import { blocked, definePlugin, nameKey, type PasswordDecision, reserve, z } from 'chatserv';

/** A user's first password from a network each day is checked even while others guess. */
const FIRST = { most: 1, time: 86_400 };

/** A network that a user has logged in from stays known. */
const KNOWN = { most: 1, time: 3_155_760_000 };

export default definePlugin({
  name: 'login-rate',
  summary: 'Limits wrong passwords from one network, and for one user from all networks',
  options: z.strictObject({
    perNetwork: z
      .int()
      .positive()
      .default(10)
      .describe('How many wrong passwords from one IPv4 address or IPv6 /64, for any users, within `time`'),
    perUser: z
      .int()
      .positive()
      .default(30)
      .describe('How many wrong passwords for one user from networks the user has not logged in from, within `time`'),
    time: z.number().positive().default(300).describe('The time for both, in seconds'),
  }),
  setup({ options, clock, server, quota }) {
    const networks = quota('networks');
    const users = quota('users');
    const firsts = quota('firsts');
    /** The networks that users have logged in from: a quota, so that all servers know them. */
    const known = quota('known');

    return {
      hooks: {
        onPassword: {
          guard({ network, exempt }, { name }) {
            if (exempt) return undefined;
            const user = nameKey(name);
            const pair = `${network} ${user}`;
            const now = clock.monotonic();
            const wait = networks.take(network, { most: options.perNetwork, time: options.time }, now);
            if (wait > 0) {
              server.countLimitHit('passwords-per-network');
              return blocked(wait);
            }
            const isKnown = known.wait(pair, KNOWN, now) > 0;
            const isFirst = !isKnown && firsts.take(pair, FIRST, now) === 0;
            const isCounted = !isKnown && !isFirst;
            const userWait = isCounted ? users.take(user, { most: options.perUser, time: options.time }, now) : 0;
            if (userWait > 0) {
              networks.giveBack(network);
              server.countLimitHit('passwords-per-user');
              return blocked(userWait);
            }
            return reserve((decision: PasswordDecision | undefined) => {
              if (decision === 'wrong' || isQuestion(decision)) return;
              networks.giveBack(network);
              if (isCounted) users.giveBack(user);
              if (decision === 'right') {
                // Taken anew, the pair is the last to be forgotten.
                known.giveBack(pair);
                known.take(pair, KNOWN, clock.monotonic());
              } else if (isFirst) firsts.giveBack(pair);
            });
          },
        },
      },
    };
  },
});

/** Whether a login plugin asked for the name again, which leaves open whether the password was right. */
function isQuestion(decision: PasswordDecision | undefined): boolean {
  return typeof decision === 'object' && decision.kind === 'username';
}
