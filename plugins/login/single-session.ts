import { type Account, askUsername, definePlugin, type LoginSession, Presence, type Session, z } from 'chatserv';

export default definePlugin({
  name: 'single-session',
  summary: 'Lets a user be connected once at a time, on each device that its client names',
  options: z.strictObject({
    takeover: z
      .boolean()
      .default(false)
      .describe(
        'Whether the right password takes over on plain lines too: the session that is there is closed; programs say so with `takeover`',
      ),
  }),
  needs: { presence: Presence },
  setup({ options, presence, server }) {
    /** Whether an account is online, here or wherever else presence is known from. */
    const isOnline = ({ id, name }: Account) => presence.find(name)?.id === id;
    /** Whether a session can take over once it has proved who it is. */
    const canTakeOver = ({ codec }: Session) => codec.takesOver || options.takeover;
    /** Whether it does: on a plain line whoever knows the password. */
    const takesOver = (session: LoginSession) =>
      session.codec.takesOver ? session.preset('takeover') === 'y' : options.takeover;
    /** Whether all sessions of an account are on other devices than one that its client names. */
    const isOtherDevice = (account: Account, device: string) => {
      const here = server.sessionsOf(account);
      return here.length > 0 && here.every(({ deviceName }) => deviceName !== device);
    };
    return {
      hooks: {
        onUsername: {
          guard: {
            // Behind bans and blocks.
            order: 'post',
            handler(session, name) {
              const there = presence.find(name);
              if (there === undefined || there.isBot) return undefined;
              if (isOtherDevice(there, session.preset('device') ?? '')) return undefined;
              // Whoever wants a new account has chosen somebody else's name.
              if (session.preset('register') === 'y') return askUsername('username', 'taken');
              return canTakeOver(session) ? undefined : askUsername('connected');
            },
          },
        },
        // Two connections may both be at the password: the first one in is in.
        onAdmit: {
          guard(session, account) {
            const here = server.sessionsOf(account);
            if (isOtherDevice(account, session.deviceName)) return undefined;
            const same = here.filter(({ deviceName }) => deviceName === session.deviceName);
            const others = same.filter((other) => !session.replaces(other));
            if (others.length === 0)
              return here.length === 0 && isOnline(account) ? askUsername('connected') : undefined;
            if (!canTakeOver(session)) return askUsername('connected');
            session.takesOver = takesOver(session);
            return session.takesOver ? undefined : askUsername('connected', 'takeover');
          },
        },
      },
    };
  },
});
