import { createHmac, timingSafeEqual } from 'node:crypto';
import { Accounts, admit, askUsername, definePlugin, nameKey, type StoredAccount, z } from 'chatserv';

export default definePlugin({
  name: 'resume',
  summary: 'Lets programs come back after a lost connection without a password',
  options: z.strictObject({
    lifetime: z
      .number()
      .positive()
      .max(3_155_760_000)
      .default(604_800)
      .describe('How long a token is good for, in seconds'),
  }),
  needs: { accounts: Accounts },
  setup({ options, accounts, clock, server }) {
    return {
      hooks: {
        onUsername: {
          order: 'pre',
          async handler(session) {
            const token = session.prepared('resume');
            if (token === undefined) return undefined;
            const account = await accountOf(token, accounts, clock.now());
            if (account === undefined) return askUsername('expired');
            // The connection that was lost may not be known to be: whoever holds the token takes its place.
            for (const other of server.sessions()) if (other.account?.id === account.id) other.close('replaced');
            return admit({ id: account.id, name: account.name });
          },
        },
        onLogin: {
          before: 'offline-messages',
          async handler(session) {
            if (session.account === undefined || !session.dialect.acknowledges) return;
            const account = await accounts.find(session.account.name);
            if (account === undefined) return;
            const expires = Math.floor(clock.now() + options.lifetime * 1000);
            const facts = { token: tokenOf(account, expires), expires: new Date(expires).toISOString() };
            session.say({ kind: 'event', event: 'token', facts });
          },
        },
      },
    };
  },
});

/** A token proves itself: it is signed with the password's hash, and so ends when the password is changed. */
function tokenOf(account: StoredAccount, expires: number): string {
  const claim = `${Buffer.from(nameKey(account.name)).toString('base64url')}.${expires}`;
  return `${claim}.${createHmac('sha256', account.hash).update(`resume ${claim}`).digest('base64url')}`;
}

async function accountOf(token: string, accounts: Accounts, now: number): Promise<StoredAccount | undefined> {
  const [, name = '', expires = ''] = /^([\w-]+)\.(\d{1,16})\.[\w-]+$/.exec(token) ?? [];
  if (name === '' || Number(expires) <= now) return undefined;
  const account = await accounts.find(Buffer.from(name, 'base64url').toString());
  if (account === undefined) return undefined;
  const [given, right] = [Buffer.from(token), Buffer.from(tokenOf(account, Number(expires)))];
  return given.length === right.length && timingSafeEqual(given, right) ? account : undefined;
}
