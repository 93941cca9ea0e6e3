import { definePlugin, Inbox } from 'chatserv';

/** Tells one person something: who logs in how much was said meanwhile, after it is given to them. */
export default definePlugin({
  name: 'welcome',
  summary: 'Tells who logs in how many messages they missed',
  needs: { inbox: Inbox },
  setup({ inbox, server }) {
    return {
      hooks: {
        onLogin: {
          // Counted before it is given; what is posted now stands after it.
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
