import {
  type Account,
  askUsername,
  definePlugin,
  type LoginSession,
  Presence,
  reserve,
  type Session,
  type SessionClaim,
  SessionClaims,
  z,
} from 'chatserv';

/** What a session of an account claims. */
type AccountClaim = Extract<SessionClaim, { readonly account: unknown }>;

export default definePlugin({
  name: 'single-session',
  summary: 'Allows each user one session for each device that a client names',
  options: z.strictObject({
    per: z
      .enum(['device', 'account'])
      .default('device')
      .describe(
        'What has one session: each `device` of a user, clients that name none being one device, or the whole `account`',
      ),
    takeover: z
      .boolean()
      .default(false)
      .describe(
        'Whether a login on plain lines closes the session that is open already; programs ask for that with `takeover`',
      ),
  }),
  needs: { presence: Presence },
  wants: { claims: SessionClaims },
  setup({ options, presence, claims, server, hotState }) {
    const isPerAccount = options.per === 'account';
    /** Whether a session of an account excludes another one on this device. */
    const excludes = (device: string) => (other: Session) => isPerAccount || other.deviceName === device;
    /** Whether what an account has on other servers excludes a session on this device. @param here its sessions here */
    function isExcludedElsewhere(account: Account, device: string, here: readonly Session[]): boolean {
      const devices = presence.elsewhere?.(account) ?? [];
      if (devices.length > 0) return isPerAccount || devices.includes(device);
      // Presence that another plugin provides may tell no devices.
      return here.length === 0 && presence.find(account.name)?.id === account.id;
    }
    /** Whether a session can take over once it is authenticated. */
    const canTakeOver = ({ codec }: Session) => codec.takesOver || options.takeover;
    /** Whether it does: on plain lines, the password is enough. */
    const takesOver = (session: LoginSession) =>
      session.codec.takesOver ? session.preset('takeover') === 'y' : options.takeover;
    /** What sessions hold on all servers. */
    const held = hotState('held', () => new WeakMap<Session, AccountClaim>());
    let unwatch = () => {};

    const claimOf = (account: Account, { deviceName }: Session): AccountClaim =>
      isPerAccount ? { account } : { account, device: deviceName };

    function release(session: Session): void {
      const claim = held.get(session);
      if (claim === undefined) return;
      held.delete(session);
      claims?.release(claim);
    }

    /** Claims the session of an account on all servers. @returns the refusal, or what a guard returns that passes it */
    async function claimFor(session: LoginSession, account: Account, all: SessionClaims) {
      const claim = claimOf(account, session);
      let isMine: boolean;
      try {
        isMine = await all.claim(claim, session.login.device, canTakeOver(session) && takesOver(session));
      } catch {
        session.close('busy');
        return undefined;
      }
      if (!isMine) return canTakeOver(session) ? askUsername('connected', 'takeover') : askUsername('connected');
      held.set(session, claim);
      return reserve(() => {
        if (session.account === undefined || session.ended) release(session);
      });
    }

    return {
      hooks: {
        onUsername: {
          guard: {
            // After bans and blocks.
            order: 'post',
            handler(session, name) {
              const there = presence.find(name);
              if (there === undefined || there.isBot) return undefined;
              const device = session.preset('device') ?? '';
              const here = server.sessionsOf(there);
              if (!here.some(excludes(device)) && !isExcludedElsewhere(there, device, here)) return undefined;
              // A client that wants to register needs another name.
              if (session.preset('register') === 'y') return askUsername('username', 'taken');
              return canTakeOver(session) ? undefined : askUsername('connected');
            },
          },
        },
        // Two connections may both be at the password: the first one wins.
        onAdmit: {
          guard(session, account) {
            const here = server.sessionsOf(account);
            const others = here.filter(excludes(session.deviceName)).filter((other) => !session.replaces(other));
            if (others.length > 0) {
              if (!canTakeOver(session)) return askUsername('connected');
              if (!takesOver(session)) return askUsername('connected', 'takeover');
              session.takesOver = isPerAccount ? 'account' : true;
            }
            // They decide for all servers.
            if (claims !== undefined) return claimFor(session, account, claims);
            return isExcludedElsewhere(account, session.deviceName, here) ? askUsername('connected') : undefined;
          },
        },
        async onDisconnect(session) {
          release(session);
        },
      },
      start() {
        unwatch();
        if (claims === undefined) return;
        unwatch = claims.watch((lost) => {
          if (!('account' in lost)) return;
          for (const session of server.sessionsOf({ ...lost.account, name: '' })) {
            if (held.get(session)?.device === lost.device) session.close('replaced');
          }
        });
        // Those who logged in before.
        for (const session of server.sessions()) {
          const { account, login } = session;
          if (account === undefined || held.has(session)) continue;
          const claim = claimOf(account, session);
          held.set(session, claim);
          claims.claim(claim, login.device, true).catch(() => held.delete(session));
        }
      },
      dispose: () => unwatch(),
    };
  },
});
