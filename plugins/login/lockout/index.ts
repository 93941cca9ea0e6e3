import {
  type Account,
  Accounts,
  blocked,
  definePlugin,
  KeyOwners,
  Lockout,
  type PasswordDecision,
  renamedOption,
  reserve,
  Storage,
  TimedBlocks,
  z,
} from 'chatserv';
import { Attempts } from './attempts.ts';
import { type CheckingPasswords, Turns } from './turns.ts';

/** The outcome of a session's last password. */
interface Last {
  /** Resolves with whether it caused a block, which then is stored. */
  block: Promise<boolean> | undefined;
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
  wants: { owners: KeyOwners },
  provides: { lockout: Lockout },
  setup({ options, accounts, storage, owners, hotState, clock, server, perSession }) {
    const timed = new TimedBlocks(storage, 'lockout', { clock, hotState }, options.lockoutDuration);
    const attempts = hotState('attempts', () => new Attempts());
    attempts.maxWrong = options.attempts;
    const last = perSession((): Last => ({ block: undefined }));

    const turns = new Turns({
      attempts,
      checking: hotState('checking', (): CheckingPasswords => new Map()),
      blocks: timed,
      lockoutDuration: options.lockoutDuration,
      clock,
      owners,
    });
    let stop = () => {};

    /** Ends a turn, even if the client has left. @returns whether that begins a block, once it is stored */
    function end(pair: string, turn: string, decision: PasswordDecision): Promise<boolean> {
      const isOutcome = decision === 'right' || decision === 'wrong';
      const ended = turns.end(pair, turn, isOutcome ? decision : 'again').then((isBlocked) => {
        if (isBlocked) server.countLimitHit('wrong-passwords');
        return isBlocked;
      });
      ended.catch(() => {});
      return ended;
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
      start() {
        stop();
        stop = turns.serve();
      },
      dispose: () => stop(),
      hooks: {
        onUsername: {
          async guard(session, name) {
            const account = await accounts.find(name);
            const left = account === undefined ? 0 : await turns.left(keyOf(account, session));
            return left > 0 ? blocked(left) : undefined;
          },
        },
        onPassword: {
          async guard(session, account) {
            const pair = keyOf(account, session);
            const { turn, blocked: left } = await turns.begin(pair, options.waitTime * 1000);
            if (left !== undefined) return blocked(left);
            if (turn === undefined) {
              server.countLimitHit('attempts-waiting');
              session.close('busy');
              return 'again';
            }
            if (session.ended) {
              end(pair, turn, 'again');
              return 'again';
            }
            return reserve((decision: PasswordDecision = 'again') => {
              last(session).block = end(pair, turn, decision);
            });
          },
        },
        onAuthFail: {
          decide: {
            order: 'pre',
            async handler(session) {
              return (await last(session).block) ? blocked(options.lockoutDuration) : undefined;
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
