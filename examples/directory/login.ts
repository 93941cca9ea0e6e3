import { Accounts, Authenticator, askUsername, definePlugin } from 'chatserv';
import { Directory } from './directory.ts';

/** A login that replaces `password` and `registration`: everyone in the directory can log in. */
export default definePlugin({
  name: 'directory-login',
  summary: 'Logs in the people of a directory',
  needs: { accounts: Accounts, directory: Directory },
  provides: { authenticator: Authenticator },
  setup({ accounts, directory }) {
    const authenticator: Authenticator = {
      async identify(name) {
        if (!(await directory.knows(name))) return undefined;
        // The account holds their messages here; the password stays in the directory.
        return (await accounts.find(name)) ?? (await accounts.create(name, ''));
      },
      verify: async ({ name }, secret) => ((await directory.bind(name, secret)) ? 'right' : 'wrong'),
    };
    return {
      provide: { authenticator },
      hooks: {
        // Also with a token: whoever has left the directory cannot come back.
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
