import { definePlugin } from 'chatserv';

export default definePlugin({
  name: 'log-messages',
  summary: 'Logs every message with its text',
  setup: ({ logger }) => ({
    hooks: {
      onMessage: {
        async observe({ from, audience, text }) {
          const to = 'group' in audience ? audience.group : audience.accounts.map(({ name }) => name);
          logger.info({ event: 'message', account: from.name, to, text }, 'a message');
        },
      },
    },
  }),
});
