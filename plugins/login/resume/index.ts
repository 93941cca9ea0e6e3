import {
  type Account,
  Accounts,
  admit,
  askUsername,
  definePlugin,
  Guests,
  Plugins,
  ResumeTokens,
  type Session,
  Storage,
  z,
} from 'chatserv';
import { DeviceEpochs } from './device-epochs.ts';
import { type Claims, sign, verify } from './token.ts';

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
    maxSignedOut: z
      .int()
      .positive()
      .default(64)
      .describe(
        'The most devices of an account whose sign-outs are remembered; at one more, the tokens of all its devices end',
      ),
  }),
  needs: { accounts: Accounts, plugins: Plugins, storage: Storage },
  wants: { guests: Guests },
  provides: { tokens: ResumeTokens },
  setup({ options, accounts, guests, plugins, storage, clock, server, logger, perSession }) {
    const lifetime = Math.floor(options.lifetime * 1000);
    const epochs = new DeviceEpochs(storage, options.maxSignedOut, () => server.countLimitHit('signed-out-devices'));
    /** The token that a session has logged in with. */
    const resumed = perSession((): { with?: Claims } => ({}));

    async function issue(session: Session): Promise<void> {
      const { account, deviceName, codec } = session;
      const { epoch, device, provider } = session.login;
      if (account === undefined || epoch === undefined || !codec.acknowledges) return;
      // The account ends with the session.
      if (guests?.has(account)) return;
      const deviceEpoch = await epochs.of(account.id, deviceName);
      const before = resumed(session).with;
      // Its device was signed out after the token was checked, but before the session was there to be closed.
      if (before?.deviceName === deviceName && before.deviceEpoch !== deviceEpoch) {
        session.close('signed-out');
        return;
      }
      const issued = clock.now();
      const expires = issued + lifetime;
      const claims = { account: account.id, epoch, device, deviceName, deviceEpoch, provider, issued, expires };
      const facts = { token: sign(claims, await accounts.signingKey()), expires: new Date(expires).toISOString() };
      session.send({ kind: 'event', event: 'token', facts });
    }

    return {
      provide: {
        tokens: { revoke: ({ id }, device) => epochs.renew(id, device) },
      },
      hooks: {
        onUsername: {
          decide: {
            order: 'pre',
            async handler(session) {
              const token = session.preset('resume');
              if (token === undefined) return undefined;
              let claims: Claims | undefined;
              let account: Account | undefined;
              let current: number | undefined;
              try {
                claims = verify(token, await accounts.signingKey(), clock.now(), lifetime);
                // If the plugin that authenticated the login is off, nothing can vouch for the token.
                if (claims === undefined || !plugins.isLive(claims.provider)) return askUsername('expired');
                [account, current] = await Promise.all([
                  accounts.get(claims.account),
                  epochs.of(claims.account, claims.deviceName),
                ]);
              } catch (err) {
                // The token may be valid: the client keeps it, and comes again.
                logger.error({ event: 'store-error', err }, 'a token could not be checked');
                session.close('busy');
                return undefined;
              }
              const { epoch, device, deviceName, deviceEpoch, provider } = claims;
              if (account === undefined || current !== deviceEpoch) return askUsername('expired');
              resumed(session).with = claims;
              // The kernel checks that the account's epoch is current when it admits the session.
              return admit(account, { epoch, device, deviceName, provider });
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
          if (change === 'removed') await epochs.forget(account.id);
          if (change !== 'signed-out') return;
          // Only the session that signed out the others is left, and its token was revoked, too.
          for (const session of server.sessionsOf(account)) await issue(session);
        },
      },
    };
  },
});
