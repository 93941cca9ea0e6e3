import { definePlugin, refuse, z } from 'chatserv';

/** A limit for each session: a burst of commands, then so many a second (a token bucket). */
export default definePlugin({
  name: 'rate-limit',
  summary: 'Refuses commands that come too fast',
  options: z.strictObject({
    atOnce: z.int().positive().default(20).describe('How many commands may come at once'),
    perSecond: z.number().positive().default(5).describe('How many a second after that'),
  }),
  setup({ options, clock, perSession }) {
    const bucket = perSession(() => ({ left: options.atOnce, at: clock.monotonic() }));
    return {
      hooks: {
        onCommand: {
          guard(session) {
            const mine = bucket(session);
            const now = clock.monotonic();
            mine.left = Math.min(options.atOnce, mine.left + ((now - mine.at) / 1000) * options.perSecond);
            mine.at = now;
            if (mine.left < 1) return refuse('rate');
            mine.left--;
            return undefined;
          },
        },
      },
    };
  },
});
