import { Accounts, definePlugin, Roles } from 'chatserv';

/** This role includes every other one. */
const ADMIN = 'admin';

export default definePlugin({
  name: 'roles',
  summary: 'Gives accounts roles, which some commands require',
  needs: { accounts: Accounts },
  provides: { roles: Roles },
  setup: ({ accounts, server }) => ({
    provide: {
      roles: {
        // Looked up at each call: a change takes effect at once, also for sessions that are online.
        async has({ id }, role) {
          const { roles = [] } = (await accounts.get(id)) ?? {};
          return roles.includes(role) || roles.includes(ADMIN);
        },
      },
    },
    hooks: {
      onAccountChange(account, change) {
        if (change !== 'roles') return;
        for (const session of server.sessionsOf(account)) {
          // Programs ask which commands they have now; people would read it as a message.
          if (session.codec.acknowledges) session.send({ kind: 'event', event: 'commands', facts: {} });
        }
      },
    },
  }),
});
