import {
  Accounts,
  askNewPassword,
  askUsername,
  blocked,
  definePlugin,
  Invitations,
  type LoginRefusal,
  type LoginSession,
  nameObjection,
  Passwords,
  Registration,
  refuse,
  reply,
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
    invitation: z
      .enum(['required', 'optional'])
      .default('optional')
      .describe('Whether new users need an invitation; the plugin `invitations` makes them'),
  }),
  needs: { accounts: Accounts, passwords: Passwords },
  wants: { invitations: Invitations },
  provides: { registration: Registration },
  setup({ options, accounts, passwords, invitations, logger, server, clock, quota }) {
    const isRequired = options.invitation === 'required';
    if (isRequired && invitations === undefined) {
      throw new Error("`invitation` is 'required', and nothing makes invitations: switch on the plugin 'invitations'");
    }
    const registrations = quota('registrations');

    /** Blocks a network with too many registrations. @param how `take` counts another one, `wait` only checks */
    function tooMany(session: Session, how: 'take' | 'wait') {
      if (session.exempt) return undefined;
      const rule = { most: options.perNetwork, time: options.time };
      const wait = registrations[how](session.network, rule, clock.monotonic());
      if (wait === 0) return undefined;
      server.countLimitHit('registrations-per-network');
      return blocked(wait);
    }

    /** Asks for the code of an invitation until it is valid. @returns undefined where none is needed or given */
    async function askInvitation(session: LoginSession): Promise<string | LoginRefusal | undefined> {
      for (let because = ''; invitations !== undefined; because = 'wrong') {
        const code = await session.ask('invitation', because);
        if (code.trim() === '' && !isRequired) return undefined;
        const found = await invitations.check(code, session);
        if (found === 'wrong') continue;
        return 'kind' in found ? found : code;
      }
      return undefined;
    }

    /** Creates an account, with one use of an invitation if there is one. */
    async function create(session: LoginSession, name: string, hash: string, invitation: string | undefined) {
      const use = invitation === undefined ? undefined : await invitations?.use(invitation);
      if (invitation !== undefined && use === undefined) {
        registrations.giveBack(session.network);
        return askUsername('username', 'invitation');
      }
      const account = await accounts.create(name, hash, true).catch(async (cause: unknown) => {
        await use?.giveBack();
        throw cause;
      });
      // Somebody else may have taken the name, or one that looks like it, during the dialogue.
      if (account === undefined) {
        await use?.giveBack();
        return askUsername('username', 'taken');
      }
      const facts = {
        event: 'registration',
        ...session.who,
        account: account.name,
        ...(use && { invitation: use.id }),
      };
      logger.info(facts, 'registered');
      await use?.grant(account);
      return askUsername('registered');
    }

    const register: Registration['register'] = async (session, password, keep) => {
      const { name = '' } = session.account ?? {};
      if (isRequired) return refuse('invitation', 'To register here you need an invitation: log in anew with it.');
      const wrong = password === undefined ? undefined : await passwords.objection(name, password);
      if (wrong !== undefined) return refuse('password', `That password cannot be used (${wrong}).`);
      const secret = password ?? (await askNewPassword(session, name, passwords));
      const late = tooMany(session, 'take');
      if (late !== undefined) return refuse('too-often', `Try again in ${late.seconds} seconds.`);
      const hash = await passwords.hash(secret, session.network);
      const kept = hash === undefined ? refuse('busy', 'The server is busy. Try again in a moment.') : await keep(hash);
      if (kept !== undefined && !('kind' in kept)) {
        logger.info({ event: 'registration', ...session.who, account: kept.name }, 'registered');
        return reply(`registered:${kept.name}`, { name: kept.name });
      }
      registrations.giveBack(session.network);
      return kept ?? refuse('taken', 'Your name is taken, or looks like one that is.');
    };

    return {
      provide: { registration: { register } },
      hooks: {
        // After the plugins that know the name: here it is unknown.
        onUsername: {
          decide: {
            order: 'post',
            async handler(session, name) {
              const wrong = nameObjection(name) ?? ((await accounts.lookalike(name)) && 'look-alike');
              if (wrong !== undefined) return askUsername('username', wrong);
              const isInvited = session.preset('invitation') !== undefined;
              // A guest login may follow.
              if ((await session.ask('register')) !== 'y') return undefined;
              const soon = tooMany(session, 'wait');
              if (soon !== undefined) return soon;
              const invitation = isRequired || isInvited ? await askInvitation(session) : undefined;
              if (typeof invitation === 'object') return invitation;
              const secret = await askNewPassword(session, name, passwords);
              const meanwhile = tooMany(session, 'take');
              if (meanwhile !== undefined) return meanwhile;
              const hash = await passwords.hash(secret, session.network);
              if (hash === undefined) {
                registrations.giveBack(session.network);
                session.close('busy');
                return undefined;
              }
              return create(session, name, hash, invitation);
            },
          },
        },
      },
    };
  },
});
