import { Accounts, admit, askUsername, definePlugin, Plugins, type Session, z } from 'chatserv';
import { sign, verify } from './token.ts';

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
  needs: { accounts: Accounts, plugins: Plugins },
  setup({ options, accounts, plugins, clock, server }) {
    const lifetime = Math.floor(options.lifetime * 1000);

    async function issue(session: Session): Promise<void> {
      const { account, deviceName, codec } = session;
      const { epoch, device, provider } = session.login;
      if (account === undefined || epoch === undefined || !codec.acknowledges) return;
      const issued = clock.now();
      const expires = issued + lifetime;
      const claims = { account: account.id, epoch, device, deviceName, provider, issued, expires };
      const facts = { token: sign(claims, await accounts.signingKey()), expires: new Date(expires).toISOString() };
      session.send({ kind: 'event', event: 'token', facts });
    }

    return {
      hooks: {
        onUsername: {
          decide: {
            order: 'pre',
            async handler(session) {
              const token = session.preset('resume');
              if (token === undefined) return undefined;
              const claims = verify(token, await accounts.signingKey(), clock.now(), lifetime);
              // Where the plugin that vouched is off, nobody knows any more whether it still would.
              if (claims === undefined || !plugins.isLive(claims.provider)) return askUsername('expired');
              const { epoch, device, deviceName, provider } = claims;
              const account = await accounts.get(claims.account);
              // Whether the epoch is still the account's, the kernel checks as it admits.
              return account === undefined
                ? askUsername('expired')
                : admit(account, { epoch, device, deviceName, provider });
            },
          },
        },
        onLogin: {
          observe: {
            order: 'pre',
            async handler(session) {
              await issue(session);
            },
          },
        },
        async onAccountChange(account, change) {
          if (change !== 'signed-out') return;
          // Those that are left have done it themselves, and hold a token that has expired.
          for (const session of server.sessionsOf(account)) await issue(session);
        },
      },
    };
  },
});
