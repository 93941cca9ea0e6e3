import { Accounts, askPassword, askUsername, definePlugin } from 'chatserv';
import { Directory } from './directory.ts';

/** Another login, in the place of `password` and `registration`: who is in the directory is let in. */
export default definePlugin({
  name: 'directory-login',
  summary: 'Logs in those whom a directory knows',
  needs: { accounts: Accounts, directory: Directory },
  setup({ accounts, directory }) {
    return {
      hooks: {
        onUsername: {
          async decide(_session, name) {
            if (!(await directory.knows(name))) return undefined;
            // The account is for what waits for them here; its password is the directory's.
            const account = (await accounts.find(name)) ?? (await accounts.create(name, ''));
            return account && askPassword({ id: account.id, name: account.name });
          },
        },
        onPassword: {
          async decide(_session, { name }, secret) {
            return (await directory.bind(name, secret)) ? 'right' : 'wrong';
          },
        },
        // With a token too: whoever has left the directory does not come back.
        onAdmit: {
          async guard(session, { name }) {
            if (session.provider !== 'directory-login' || (await directory.knows(name))) return undefined;
            return askUsername();
          },
        },
      },
    };
  },
});
