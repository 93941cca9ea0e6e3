import {
  type Account,
  Accounts,
  blocked,
  definePlugin,
  Lockout,
  type PasswordDecision,
  renamedOption,
  reserve,
  type Session,
  Storage,
  TimedBlocks,
  z,
} from 'chatserv';
import { Attempts } from './attempts.ts';

/** The outcome of a session's last password. */
interface Last {
  /** Resolves when the block that it caused is stored. */
  block: Promise<void> | undefined;
}

export default definePlugin({
  name: 'lockout',
  summary: 'Blocks a user at an IP address after wrong passwords',
  options: z.strictObject({
    attempts: z
      .int()
      .positive()
      .default(3)
      .describe(
        'Wrong passwords before the block, across connections; a connection still closes after `limits.passwordAttempts`',
      ),
    lockoutDuration: z
      .number()
      .positive()
      .max(3_155_760_000)
      .default(60)
      .describe('How long the block lasts, in seconds'),
    blockTime: renamedOption('lockoutDuration'),
    waitTime: z
      .number()
      .positive()
      .default(4)
      .describe('How long a password may wait while others for that user and address are checked, in seconds'),
  }),
  environment: { lockoutDuration: 'BLOCK_TIME' },
  needs: { accounts: Accounts, storage: Storage },
  provides: { lockout: Lockout },
  setup({ options, accounts, storage, hotState, clock, server, perSession }) {
    const timed = new TimedBlocks(storage, 'lockout', { clock, hotState }, options.lockoutDuration);
    const attempts = hotState('attempts', () => new Attempts());
    attempts.maxWrong = options.attempts;
    const last = perSession((): Last => ({ block: undefined }));

    async function block(session: Session, account: Account) {
      const left = await timed.left(keyOf(account, session));
      return left > 0 ? blocked(left) : undefined;
    }

    /** Begins a block of an account at a network. It is stored even if the client has left. */
    function begin(session: Session, account: Account): Promise<void> {
      server.countLimitHit('wrong-passwords');
      const stored = timed.add(keyOf(account, session), options.lockoutDuration);
      stored.catch(() => {});
      return stored;
    }

    return {
      provide: {
        lockout: {
          async lift(account) {
            const keys = await timed.keys(keyOf(account));
            const left = await Promise.all(keys.map((key) => timed.left(key)));
            for (const key of keys) await timed.remove(key);
            return left.filter((seconds) => seconds > 0).length;
          },
        },
      },
      hooks: {
        onUsername: {
          async guard(session, name) {
            const account = await accounts.find(name);
            return account && block(session, account);
          },
        },
        onPassword: {
          async guard(session, account) {
            const attempt = attempts.begin(keyOf(account, session));
            let isReserved = false;
            try {
              const cancel = clock.after(options.waitTime * 1000, attempt.giveUp);
              const goes = await attempt.turn;
              cancel();
              // A block may have begun on another connection in the meantime.
              const because = await block(session, account);
              if (because !== undefined) return because;
              if (!goes) {
                server.countLimitHit('attempts-waiting');
                session.close('busy');
              }
              if (session.ended) return 'again';
              isReserved = true;
            } finally {
              if (!isReserved) attempt.end('again');
            }
            return reserve((decision: PasswordDecision = 'again') => {
              last(session).block = attempt.end(decision) ? begin(session, account) : undefined;
            });
          },
        },
        onAuthFail: {
          decide: {
            order: 'pre',
            async handler(session) {
              const { block } = last(session);
              if (block === undefined) return undefined;
              await block;
              return blocked(options.lockoutDuration);
            },
          },
        },
      },
    };
  },
});

/** The key of an account at a network; without a network, the prefix of all the account's keys. */
function keyOf({ id }: Account, { network } = { network: '' }): string {
  return `${id} ${network}`;
}
