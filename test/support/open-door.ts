import { Accounts, admit, definePlugin } from 'chatserv';

/** Lets users in by their names alone, and makes those that are new: for what comes after the login, and not argon2. */
export default definePlugin({
  name: 'open-door',
  summary: 'Lets anyone in by name',
  needs: { accounts: Accounts },
  setup: ({ accounts }) => ({
    hooks: {
      onUsername: {
        decide: {
          order: 'pre',
          async handler(_session, name) {
            // Who resumes a session gives no name.
            if (name === '') return undefined;
            const account = (await accounts.find(name)) ?? (await accounts.create(name, ''));
            // With what a program's token needs.
            return account && admit(account, { epoch: account.epoch, provider: 'open-door' });
          },
        },
      },
    },
  }),
});
