import { definePlugin } from 'chatserv';

/** A hook that rewrites messages to everyone. */
export default definePlugin({
  name: 'shout',
  summary: 'Writes broadcasts in capitals',
  setup: () => ({
    hooks: {
      onMessage: {
        transform(message) {
          if ('group' in message.audience) message.text = message.text.toUpperCase();
          return undefined;
        },
      },
    },
  }),
});
