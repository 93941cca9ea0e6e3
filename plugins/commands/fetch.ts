import { definePlugin, Inbox } from 'chatserv';

export default definePlugin({
  name: 'fetch',
  summary: 'Sends undelivered messages again',
  wants: { inbox: Inbox },
  setup({ inbox, logger }) {
    return {
      commands: [
        {
          name: 'fetch',
          summary: 'Sends undelivered messages again',
          run({ session }) {
            // Not awaited: `fetching` is answered first, then the messages follow.
            inbox
              ?.catchUp(session)
              .catch((err: unknown) =>
                logger.error({ event: 'store-error', ...session.who, err }, 'cannot read an inbox for fetch'),
              );
            return 'fetching';
          },
        },
      ],
    };
  },
});
