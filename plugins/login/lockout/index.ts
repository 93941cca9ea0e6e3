import {
  type Account,
  Accounts,
  blocked,
  definePlugin,
  Lockout,
  type Session,
  Storage,
  TimedBlocks,
  z,
} from 'chatserv';
import { type Attempt, Attempts } from './attempts.ts';

/** What a session is attempting. */
interface Trying {
  attempt: Attempt | undefined;
  /** Resolves when the block that its last password caused is stored. */
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
        'Wrong passwords before the block, over connections; each connection closes after `limits.passwordAttempts` all the same',
      ),
    blockTime: z.number().positive().max(3_155_760_000).default(60).describe('How long the block lasts, in seconds'),
    waitTime: z
      .number()
      .positive()
      .default(4)
      .describe('How long a password may wait while others of the user from that address are checked, in seconds'),
  }),
  environment: { blockTime: 'BLOCK_TIME' },
  needs: { accounts: Accounts, storage: Storage },
  provides: { lockout: Lockout },
  setup({ options, accounts, storage, keep, clock, server, perSession }) {
    const timed = new TimedBlocks(storage, 'lockout', { clock, keep }, options.blockTime);
    const attempts = keep('attempts', () => new Attempts());
    attempts.most = options.attempts;
    const trying = perSession((): Trying => ({ attempt: undefined, block: undefined }));

    async function block(session: Session, account: Account) {
      const left = await timed.left(keyOf(account, session));
      return left > 0 ? blocked(left) : undefined;
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
          phase: 'guard',
          async handler(session, name) {
            const account = await accounts.find(name);
            return account && block(session, account);
          },
        },
        onPassword: {
          phase: 'guard',
          async handler(session, account) {
            const attempt = attempts.begin(keyOf(account, session));
            trying(session).attempt = attempt;
            const cancel = clock.after(options.waitTime * 1000, attempt.giveUp);
            const goes = await attempt.turn;
            cancel();
            // A block may have begun on another connection since the name was given.
            const because = await block(session, account);
            if (because !== undefined) return because;
            if (goes) return session.ended ? 'again' : undefined;
            server.limitMet('attempts-waiting');
            session.close('busy');
            return 'again';
          },
        },
        onPasswordDone(session, account, verdict) {
          const mine = trying(session);
          const isLast = mine.attempt?.end(verdict);
          mine.attempt = undefined;
          mine.block = undefined;
          if (!isLast) return;
          server.limitMet('wrong-passwords');
          // Takes effect now, even if the client has left and nobody waits until it is stored.
          mine.block = timed.add(keyOf(account, session), options.blockTime);
          mine.block.catch(() => {});
        },
        onAuthFail: {
          phase: 'guard',
          async handler(session) {
            const { block } = trying(session);
            if (block === undefined) return undefined;
            await block;
            return blocked(options.blockTime);
          },
        },
      },
    };
  },
});

/** What stands for an account at a network; without one, how the keys of all its networks begin. */
function keyOf({ id }: Account, { network } = { network: '' }): string {
  return `${id} ${network}`;
}
