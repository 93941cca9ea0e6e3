import { definePlugin, Inbox } from 'chatserv';

export default definePlugin({
  name: 'log-messages',
  summary: 'Writes every message with its text into the log',
  // What keeps messages also finds those of their recipients who are offline: it goes first.
  wants: { inbox: Inbox },
  setup: ({ logger }) => ({
    hooks: {
      // After those that refuse or rewrite.
      onMessage: {
        order: 'post',
        handler({ from, audience, text }) {
          const to = 'group' in audience ? audience.group : audience.accounts.map(({ name }) => name);
          logger.info({ event: 'message', account: from.name, to, text }, 'a message');
          return undefined;
        },
      },
    },
  }),
});
