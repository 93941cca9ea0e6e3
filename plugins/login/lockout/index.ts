import { Blocks, blocked, definePlugin, nameKey, type Session, TimedBlocks, z } from 'chatserv';
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
  needs: { blocks: Blocks },
  setup({ options, blocks, keep, clock, server, perSession }) {
    const timed = new TimedBlocks(blocks, { clock, keep }, options.blockTime);
    const attempts = keep('attempts', () => new Attempts());
    attempts.most = options.attempts;
    const trying = perSession((): Trying => ({ attempt: undefined, block: undefined }));

    async function block({ network }: Session, name: string) {
      const left = await timed.left(nameKey(name), network);
      return left > 0 ? blocked(left) : undefined;
    }

    return {
      hooks: {
        onUsername: { phase: 'guard', handler: block },
        onPassword: {
          phase: 'guard',
          async handler(session, { name }) {
            const attempt = attempts.begin(`${session.network} ${nameKey(name)}`);
            trying(session).attempt = attempt;
            const cancel = clock.after(options.waitTime * 1000, attempt.giveUp);
            const goes = await attempt.turn;
            cancel();
            // A block may have begun on another connection since the name was given.
            const because = await block(session, name);
            if (because !== undefined) return because;
            if (goes) return session.ended ? 'again' : undefined;
            server.limitMet('attempts-waiting');
            session.close('busy');
            return 'again';
          },
        },
        onPasswordDone(session, { name }, verdict) {
          const mine = trying(session);
          const isLast = mine.attempt?.end(verdict);
          mine.attempt = undefined;
          mine.block = undefined;
          if (!isLast) return;
          server.limitMet('wrong-passwords');
          // Takes effect now, even if the client has left and nobody waits until it is stored.
          mine.block = timed.add(nameKey(name), session.network, options.blockTime);
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
