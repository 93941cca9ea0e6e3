import { Accounts, definePlugin, Roles } from 'chatserv';

/** May do what any role may. */
const ADMIN = 'admin';

export default definePlugin({
  name: 'roles',
  summary: 'Lets accounts have roles, without which some commands are denied',
  needs: { accounts: Accounts },
  provides: { roles: Roles },
  setup: ({ accounts }) => ({
    provide: {
      roles: {
        // Looked up at each call: what is given or taken counts at once, also for who is online.
        async has({ id }, role) {
          const { roles = [] } = (await accounts.get(id)) ?? {};
          return roles.includes(role) || roles.includes(ADMIN);
        },
      },
    },
  }),
});
