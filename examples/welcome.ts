import { definePlugin, Inbox } from 'chatserv';

/** Sends a message to one user: after a login, how many messages they missed. */
export default definePlugin({
  name: 'welcome',
  summary: 'Tells users at their login how many messages they missed',
  needs: { inbox: Inbox },
  setup({ inbox, server }) {
    return {
      hooks: {
        onLogin: {
          // Counts the messages before they are delivered. The one posted here follows them.
          observe: {
            order: 'pre',
            async handler({ account }) {
              const missed = account === undefined ? 0 : await inbox.waiting(account);
              if (account === undefined || missed === 0) return;
              const text = missed === 1 ? 'you missed 1 message' : `you missed ${missed} messages`;
              await server.post({ from: { id: 0, name: '*server*' }, to: [account], text });
            },
          },
        },
      },
    };
  },
});
