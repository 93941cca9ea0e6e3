import { Accounts, defineCommand, refuse } from 'chatserv';

/** Logs out every session of the account, and ends its tokens. */
const EVERYWHERE = 'everywhere';

export default defineCommand({
  name: 'logout',
  usage: `logout [${EVERYWHERE}]`,
  summary: 'Says goodbye and closes the connection, or all connections of this user',
  args: { max: 1 },
  wants: { accounts: Accounts },
  async run({ session, account, args: [word] }, { accounts }) {
    if (word !== undefined) {
      if (word !== EVERYWHERE || accounts === undefined) return refuse('args');
      await accounts.signOut(account.id, session);
    }
    session.close('goodbye');
    return undefined;
  },
});
