import { Accounts, defineCommand, param, refuse } from 'chatserv';

export default defineCommand({
  name: 'logout',
  summary: 'Says goodbye and closes the connection, or all connections of this user',
  params: {
    everywhere: param.choice(['everywhere'], 'logs out every session of the user, and ends its tokens').optional(),
  },
  wants: { accounts: Accounts },
  async run({ session, account, values: { everywhere } }, { accounts }) {
    if (everywhere !== undefined) {
      if (accounts === undefined) return refuse('args', 'This server cannot log out other sessions.');
      await accounts.signOut(account.id, session);
    }
    session.close('goodbye');
    // As the session that stayed, it was just given a new token.
    if (everywhere !== undefined) await accounts?.signOut(account.id);
    return undefined;
  },
});
