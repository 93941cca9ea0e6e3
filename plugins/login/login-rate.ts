import { blocked, definePlugin, nameKey, type PasswordVerdict, Quota, z } from 'chatserv';

/** The first password of a user from a network is looked at whatever others try; so often is a first one. */
const FIRST = { most: 1, time: 86_400 };

/** How many pairs of a user and a network are known; those that were used longest ago are forgotten first. */
const KNOWN = 100_000;

/** What was taken for a password. */
interface Taken {
  readonly network?: string;
  user?: string;
  /** A pair's first look. */
  first?: string;
}

export default definePlugin({
  name: 'login-rate',
  summary: 'Bounds how many passwords are tried from one network, and for one user from wherever',
  options: z.strictObject({
    perNetwork: z
      .int()
      .positive()
      .default(10)
      .describe('How many wrong passwords from one IPv4 address or IPv6 /64, for whatever users, within `time`'),
    perUser: z
      .int()
      .positive()
      .default(30)
      .describe('How many wrong passwords for one user from networks that the user did not log in from, within `time`'),
    time: z.number().positive().default(300).describe('The time for both, in seconds'),
  }),
  setup({ options, clock, server, keep, perSession }) {
    const networks = keep('networks', () => new Quota());
    const users = keep('users', () => new Quota());
    const firsts = keep('firsts', () => new Quota());
    /** Where users have logged in from. */
    const known = keep('known', () => new Set<string>());
    /** What a session has taken for the password that is being checked. */
    const held = perSession((): { taken: Taken } => ({ taken: {} }));

    return {
      hooks: {
        onPassword: {
          phase: 'guard',
          handler(session, { name }) {
            if (session.exempt) return undefined;
            const { network } = session;
            const user = nameKey(name);
            const now = clock.monotonic();
            const wait = networks.take(network, { most: options.perNetwork, time: options.time }, now);
            if (wait > 0) {
              server.limitMet('passwords-per-network');
              return blocked(wait);
            }
            const taken: Taken = { network };
            held(session).taken = taken;
            const pair = `${network} ${user}`;
            if (known.has(pair)) return undefined;
            if (firsts.take(pair, FIRST, now) === 0) {
              taken.first = pair;
              return undefined;
            }
            const userWait = users.take(user, { most: options.perUser, time: options.time }, now);
            if (userWait > 0) {
              server.limitMet('passwords-per-user');
              return blocked(userWait);
            }
            taken.user = user;
            return undefined;
          },
        },
        onPasswordDone(session, { name }, verdict) {
          const { network, user, first } = held(session).taken;
          held(session).taken = {};
          if (network === undefined || verdict === 'wrong' || isQuestion(verdict)) return;
          networks.giveBack(network);
          if (user !== undefined) users.giveBack(user);
          if (verdict !== 'right') {
            if (first !== undefined) firsts.giveBack(first);
            return;
          }
          const pair = `${network} ${nameKey(name)}`;
          known.delete(pair);
          known.add(pair);
          const [oldest] = known;
          if (known.size > KNOWN && oldest !== undefined) known.delete(oldest);
        },
      },
    };
  },
});

/** Whether a login plugin asked for the name again, which leaves open whether the password was right. */
function isQuestion(verdict: PasswordVerdict): boolean {
  return typeof verdict === 'object' && verdict.kind === 'username';
}
