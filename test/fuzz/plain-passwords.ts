import { Accounts, askPassword, definePlugin, Passwords } from 'chatserv';

/** Keeps passwords as they are: for a dialogue that is tried a million times, and not argon2. */
export default definePlugin({
  name: 'plain-passwords',
  summary: 'Logs users in with a password that is not hashed',
  needs: { accounts: Accounts },
  provides: { passwords: Passwords },
  setup({ accounts }) {
    const passwords: Passwords = {
      hash: async (secret) => secret,
      verify: async (secret, hash) => ({ right: secret === hash }),
      objection: async (_name, secret) => (secret.length < 8 ? 'too-short' : undefined),
    };
    return {
      provide: { passwords },
      hooks: {
        async onUsername(_session, name) {
          const account = await accounts.find(name);
          return account && askPassword({ id: account.id, name: account.name });
        },
        async onPassword(_session, { name }, secret) {
          return (await accounts.find(name))?.hash === secret ? 'right' : 'wrong';
        },
      },
    };
  },
});
