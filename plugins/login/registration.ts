import { Accounts, askUsername, definePlugin, nameObjection, Passwords } from 'chatserv';

export default definePlugin({
  name: 'registration',
  summary: 'Lets unknown user names register',
  needs: { accounts: Accounts, passwords: Passwords },
  setup({ accounts, passwords, logger }) {
    return {
      hooks: {
        // After those that know the name: what gets here is nobody's.
        onUsername: {
          order: 'post',
          async handler(session, name) {
            const wrong = nameObjection(name) ?? ((await accounts.lookalike(name)) && 'look-alike');
            if (wrong !== undefined) return askUsername('username', wrong);
            if ((await session.ask('register')) !== 'y') return askUsername();
            let because = '';
            for (;;) {
              const secret = await session.ask('new-password', because);
              const again = await session.ask('new-password-again');
              const objection = secret === again ? passwords.objection(name, secret) : undefined;
              because = objection ?? '';
              if (secret !== again || objection !== undefined) continue;
              const account = await accounts.create(name, await passwords.hash(secret, session.network), true);
              if (account !== undefined) {
                logger.info({ event: 'registration', ...session.who, account: account.name }, 'registered');
              }
              // Somebody else may have taken the name, or one that looks like it, during the dialogue.
              return account === undefined ? askUsername('username', 'taken') : askUsername('registered');
            }
          },
        },
      },
    };
  },
});
