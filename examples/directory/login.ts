import { Accounts, Authenticator, askUsername, definePlugin } from 'chatserv';
import { Directory } from './directory.ts';

/** Another login, in the place of `password` and `registration`: who is in the directory is let in. */
export default definePlugin({
  name: 'directory-login',
  summary: 'Logs in those whom a directory knows',
  needs: { accounts: Accounts, directory: Directory },
  provides: { authenticator: Authenticator },
  setup({ accounts, directory }) {
    const authenticator: Authenticator = {
      async identify(name) {
        if (!(await directory.knows(name))) return undefined;
        // The account is for what waits for them here; its password is the directory's.
        return (await accounts.find(name)) ?? (await accounts.create(name, ''));
      },
      verify: async ({ name }, secret) => ((await directory.bind(name, secret)) ? 'right' : 'wrong'),
    };
    return {
      provide: { authenticator },
      hooks: {
        // With a token too: whoever has left the directory does not come back.
        onAdmit: {
          async guard(session, { name }) {
            if (session.login.provider !== 'directory-login' || (await directory.knows(name))) return undefined;
            return askUsername();
          },
        },
      },
    };
  },
});
