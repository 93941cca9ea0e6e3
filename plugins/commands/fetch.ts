import { definePlugin, Inbox } from 'chatserv';

export default definePlugin({
  name: 'fetch',
  summary: 'Gives again what waits undelivered',
  wants: { inbox: Inbox },
  setup({ inbox, logger }) {
    return {
      commands: [
        {
          name: 'fetch',
          summary: 'Gives again what waits undelivered',
          run({ session }) {
            // The answer comes first, and what waits after it.
            inbox
              ?.readOn(session)
              .catch((err: unknown) =>
                logger.error({ event: 'store-error', ...session.who, err }, 'fetch could not read an inbox'),
              );
            return 'fetching';
          },
        },
      ],
    };
  },
});
