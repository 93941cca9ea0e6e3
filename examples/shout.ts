import { definePlugin } from 'chatserv';

/** A hook that rewrites: what is said to everyone is said louder. */
export default definePlugin({
  name: 'shout',
  summary: 'Puts broadcasts into capitals',
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
