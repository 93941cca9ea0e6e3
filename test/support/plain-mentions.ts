import { Accounts, definePlugin } from 'chatserv';

/** Mentions the users whose names follow an `@` in a message, and everyone for `@everyone`. */
export const plainMentions = definePlugin({
  name: 'plain-mentions',
  summary: 'Mentions users by @name',
  needs: { accounts: Accounts },
  setup: ({ accounts }) => ({
    hooks: {
      onMessage: {
        async transform(message) {
          for (const [, name = ''] of message.text.matchAll(/@(\w+)/g)) {
            const account = await accounts.find(name);
            if (name === 'everyone') message.mention('everyone');
            else if (account !== undefined) message.mention([account.id]);
          }
        },
      },
    },
  }),
});
