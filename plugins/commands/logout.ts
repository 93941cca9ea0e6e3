import { Accounts, defineCommand, param, refuse } from 'chatserv';

export default defineCommand({
  name: 'logout',
  summary: 'Logs out this session, or all sessions of this user',
  params: {
    everywhere: param.choice(['everywhere'], 'logs out every session of the user and revokes the tokens').optional(),
  },
  wants: { accounts: Accounts },
  async run({ session, account, values: { everywhere } }, { accounts }) {
    if (everywhere !== undefined) {
      if (accounts === undefined) return refuse('args', 'This server cannot log out other sessions.');
      await accounts.signOut(account.id, session);
    }
    session.close('goodbye');
    // The first call spared this session and gave it a new token: revoke that one, too.
    if (everywhere !== undefined) await accounts?.signOut(account.id);
    return undefined;
  },
});
