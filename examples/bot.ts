import { Accounts, claimBot, definePlugin, Presence, z } from 'chatserv';

/** A bot that answers: it has an account of its own, which nobody can log in to, and is online while the plugin is. */
export default definePlugin({
  name: 'bot',
  summary: 'Answers messages to it',
  options: z.strictObject({
    name: z.string().default('bot').describe('Its user name'),
    answers: z.record(z.string(), z.string()).default({}).describe('What it says when a message has a word in it'),
  }),
  needs: { accounts: Accounts, presence: Presence },
  async setup({ options, accounts, presence, server, logger }) {
    // A sentence where a person has the name.
    const bot = await claimBot(accounts, options.name);

    function answerTo(text: string): string {
      const [, answer] = Object.entries(options.answers).find(([word]) => text.includes(word)) ?? [];
      return answer ?? `I know about: ${Object.keys(options.answers).join(', ')}`;
    }

    return {
      start: () => bot.online(presence),
      dispose: () => bot.offline(),
      hooks: {
        // Before the store: what is said to the bot need not be kept for it.
        onMessage: {
          transform: {
            order: 'pre',
            async handler(message) {
              if (!(await bot.takes(message))) return undefined;
              const answer = { from: bot.account, to: [message.from], text: answerTo(message.text) };
              // Not awaited: the sender is answered `sent:` first.
              setImmediate(() => server.post(answer).catch((err) => logger.error({ err }, 'the bot could not answer')));
              return undefined;
            },
          },
        },
      },
    };
  },
});
