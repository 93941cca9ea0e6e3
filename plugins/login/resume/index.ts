import { Accounts, admit, askUsername, definePlugin, Plugins, type Session, z } from 'chatserv';
import { sign, verify } from './token.ts';

export default definePlugin({
  name: 'resume',
  summary: 'Lets programs log in again with a token after a lost connection',
  options: z.strictObject({
    lifetime: z
      .number()
      .positive()
      .max(3_155_760_000)
      .default(604_800)
      .describe('How long a token is valid, in seconds'),
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
              // If the plugin that authenticated the login is off, nothing can vouch for the token.
              if (claims === undefined || !plugins.isLive(claims.provider)) return askUsername('expired');
              const { epoch, device, deviceName, provider } = claims;
              const account = await accounts.get(claims.account);
              // The kernel checks that the epoch is current when it admits the session.
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
          // Only the session that signed out the others is left, and its token was revoked, too.
          for (const session of server.sessionsOf(account)) await issue(session);
        },
      },
    };
  },
});
