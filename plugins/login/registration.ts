import {
  Accounts,
  askUsername,
  blocked,
  definePlugin,
  nameObjection,
  Passwords,
  Quota,
  Registration,
  type Session,
  z,
} from 'chatserv';

export default definePlugin({
  name: 'registration',
  summary: 'Lets new users register',
  options: z.strictObject({
    perNetwork: z
      .int()
      .positive()
      .default(10)
      .describe('How many registrations from one IPv4 address or IPv6 /64 within `time`'),
    time: z.number().positive().default(3600).describe('The time for `perNetwork`, in seconds'),
  }),
  needs: { accounts: Accounts, passwords: Passwords },
  provides: { registration: Registration },
  setup({ options, accounts, passwords, logger, server, clock, hotState }) {
    const registrations = hotState('registrations', () => new Quota());

    /** Blocks a network with too many registrations. @param how `take` counts another one, `wait` only checks */
    function tooMany(session: Session, how: 'take' | 'wait') {
      if (session.exempt) return undefined;
      const rule = { most: options.perNetwork, time: options.time };
      const wait = registrations[how](session.network, rule, clock.monotonic());
      if (wait === 0) return undefined;
      server.countLimitHit('registrations-per-network');
      return blocked(wait);
    }

    return {
      provide: { registration: {} },
      hooks: {
        // After the plugins that know the name: here it is unknown.
        onUsername: {
          decide: {
            order: 'post',
            async handler(session, name) {
              const wrong = nameObjection(name) ?? ((await accounts.lookalike(name)) && 'look-alike');
              if (wrong !== undefined) return askUsername('username', wrong);
              if ((await session.ask('register')) !== 'y') return askUsername();
              const soon = tooMany(session, 'wait');
              if (soon !== undefined) return soon;
              let because = '';
              for (;;) {
                const secret = await session.ask('new-password', because);
                const again = await session.ask('new-password-again');
                const objection = secret === again ? await passwords.objection(name, secret) : undefined;
                because = objection ?? '';
                if (secret !== again || objection !== undefined) continue;
                const meanwhile = tooMany(session, 'take');
                if (meanwhile !== undefined) return meanwhile;
                const hash = await passwords.hash(secret, session.network);
                if (hash === undefined) {
                  registrations.giveBack(session.network);
                  session.close('busy');
                  return undefined;
                }
                const account = await accounts.create(name, hash, true);
                if (account !== undefined) {
                  logger.info({ event: 'registration', ...session.who, account: account.name }, 'registered');
                }
                // Somebody else may have taken the name, or one that looks like it, during the dialogue.
                return account === undefined ? askUsername('username', 'taken') : askUsername('registered');
              }
            },
          },
        },
      },
    };
  },
});
