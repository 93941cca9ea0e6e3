import { Blocks, blocked, definePlugin, nameKey, type Session, z } from 'chatserv';

/** How many pairs of user and network are counted at once; the oldest are forgotten first. */
const PAIRS = 100_000;

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
  }),
  environment: { blockTime: 'BLOCK_TIME' },
  needs: { blocks: Blocks },
  setup({ options, blocks, keep, clock, server }) {
    const failures = keep('failures', () => new Map<string, number>());
    const pair = (session: Session, name: string) => `${session.network} ${nameKey(name)}`;
    const block = async (session: Session, name: string) => {
      const until = await blocks.find(nameKey(name), session.network, clock.now());
      return until > 0 ? blocked((until - clock.now()) / 1000) : undefined;
    };
    return {
      hooks: {
        onUsername: { phase: 'guard', handler: block },
        // A block may have begun on another connection since the name was given.
        onPassword: { phase: 'guard', handler: (session, { name }) => block(session, name) },
        onAuthFail: {
          phase: 'guard',
          async handler(session, { name }) {
            const key = pair(session, name);
            const count = (failures.get(key) ?? 0) + 1;
            failures.delete(key);
            if (count < options.attempts) {
              failures.set(key, count);
              const [oldest] = failures.keys();
              if (failures.size > PAIRS && oldest !== undefined) failures.delete(oldest);
              return undefined;
            }
            server.limitMet('wrong-passwords');
            const now = clock.now();
            await blocks.add(nameKey(name), session.network, now + options.blockTime * 1000, now);
            return blocked(options.blockTime);
          },
        },
        async onLogin(session) {
          if (session.account !== undefined) failures.delete(pair(session, session.account.name));
        },
      },
    };
  },
});
