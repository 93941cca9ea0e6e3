import { Accounts, admit, definePlugin } from 'chatserv';

/** Lets users in by their names alone, and makes those that are new: for tests of what comes after the login. */
export const openDoor = definePlugin({
  name: 'open-door',
  summary: 'Lets anyone in by name',
  needs: { accounts: Accounts },
  setup: ({ accounts }) => ({
    hooks: {
      onUsername: {
        order: 'pre',
        async handler(_session, name) {
          const account = (await accounts.find(name)) ?? (await accounts.create(name, ''));
          return account && admit(account);
        },
      },
    },
  }),
});
