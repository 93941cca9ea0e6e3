import { Accounts, claimBot, definePlugin, Presence, z } from 'chatserv';

/** A bot with an account of its own, which nobody can log in to. It is online while the plugin is loaded. */
export default definePlugin({
  name: 'bot',
  summary: 'Answers the messages it gets',
  options: z.strictObject({
    name: z.string().default('bot').describe('Its user name'),
    answers: z.record(z.string(), z.string()).default({}).describe('Its answers, by a word that the message contains'),
  }),
  needs: { accounts: Accounts, presence: Presence },
  async setup({ options, accounts, presence, server, logger }) {
    // Throws if a user has the name.
    const bot = await claimBot(accounts, options.name);

    function answerTo(text: string): string {
      const [, answer] = Object.entries(options.answers).find(([word]) => text.includes(word)) ?? [];
      return answer ?? `I know about: ${Object.keys(options.answers).join(', ')}`;
    }

    return {
      start: () => bot.online(presence),
      dispose: () => bot.offline(),
      hooks: {
        // Before the message is stored: the bot takes it, so none is kept for it.
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
