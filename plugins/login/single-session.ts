import { type Account, askUsername, definePlugin, type LoginSession, Presence, type Session, z } from 'chatserv';

export default definePlugin({
  name: 'single-session',
  summary: 'Allows each user one session for each device that a client names',
  options: z.strictObject({
    per: z
      .enum(['device', 'account'])
      .default('device')
      .describe(
        'What has one session: each `device` of a user, clients that name none being one device, or the whole `account`',
      ),
    takeover: z
      .boolean()
      .default(false)
      .describe(
        'Whether a login on plain lines closes the session that is open already; programs ask for that with `takeover`',
      ),
  }),
  needs: { presence: Presence },
  setup({ options, presence, server }) {
    const isPerAccount = options.per === 'account';
    /** Whether an account is online, here or by any other source of presence. */
    const isOnline = ({ id, name }: Account) => presence.find(name)?.id === id;
    /** Whether a session of an account excludes another one on this device. */
    const excludes = (device: string) => (other: Session) => isPerAccount || other.deviceName === device;
    /** Whether a session can take over once it is authenticated. */
    const canTakeOver = ({ codec }: Session) => codec.takesOver || options.takeover;
    /** Whether it does: on plain lines, the password is enough. */
    const takesOver = (session: LoginSession) =>
      session.codec.takesOver ? session.preset('takeover') === 'y' : options.takeover;
    return {
      hooks: {
        onUsername: {
          guard: {
            // After bans and blocks.
            order: 'post',
            handler(session, name) {
              const there = presence.find(name);
              if (there === undefined || there.isBot) return undefined;
              const here = server.sessionsOf(there);
              if (here.length > 0 && !here.some(excludes(session.preset('device') ?? ''))) return undefined;
              // A client that wants to register needs another name.
              if (session.preset('register') === 'y') return askUsername('username', 'taken');
              return canTakeOver(session) ? undefined : askUsername('connected');
            },
          },
        },
        // Two connections may both be at the password: the first one wins.
        onAdmit: {
          guard(session, account) {
            const here = server.sessionsOf(account);
            const others = here.filter(excludes(session.deviceName)).filter((other) => !session.replaces(other));
            if (others.length === 0)
              return here.length === 0 && isOnline(account) ? askUsername('connected') : undefined;
            if (!canTakeOver(session)) return askUsername('connected');
            if (!takesOver(session)) return askUsername('connected', 'takeover');
            session.takesOver = isPerAccount ? 'account' : true;
            return undefined;
          },
        },
      },
    };
  },
});
