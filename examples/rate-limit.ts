import { definePlugin, Quota, refuse, z } from 'chatserv';

/** A limit for each session: a burst of commands, then so many a second (a token bucket). */
export default definePlugin({
  name: 'rate-limit',
  summary: 'Refuses commands that come too fast',
  options: z.strictObject({
    atOnce: z.int().positive().default(20).describe('How many commands may come at once'),
    perSecond: z.number().positive().default(5).describe('How many a second after that'),
  }),
  setup({ options: { atOnce, perSecond }, clock, perSession }) {
    const quotaOf = perSession(() => new Quota());
    const rule = { most: atOnce, time: atOnce / perSecond };
    return {
      hooks: {
        onCommand: {
          guard(session) {
            const wait = quotaOf(session).take('commands', rule, clock.monotonic());
            return wait > 0 ? refuse('rate') : undefined;
          },
        },
      },
    };
  },
});
