import { Accounts, definePlugin, nameKey, z } from 'chatserv';

/** A bot that answers: it has an account, so that nobody else can take its name, and is never online. */
export default definePlugin({
  name: 'bot',
  summary: 'Answers messages to it',
  options: z.strictObject({
    name: z.string().default('bot').describe('Its user name'),
    answers: z.record(z.string(), z.string()).default({}).describe('What it says when a message has a word in it'),
  }),
  needs: { accounts: Accounts },
  async setup({ options, accounts, server, logger }) {
    // No password has an empty hash.
    const bot = (await accounts.find(options.name)) ?? (await accounts.create(options.name, ''));
    if (bot === undefined) throw new Error(`the name '${options.name}' is taken`);

    function answerTo(text: string): string {
      const [, answer] = Object.entries(options.answers).find(([word]) => text.includes(word)) ?? [];
      return answer ?? `I know about: ${Object.keys(options.answers).join(', ')}`;
    }

    return {
      hooks: {
        // Before the store: what is said to the bot need not be kept for it.
        onMessage: {
          order: 'pre',
          handler({ from, audience, text }) {
            if ('group' in audience) return undefined;
            const at = audience.absent.findIndex((name) => nameKey(name) === nameKey(bot.name));
            if (at < 0) return undefined;
            audience.absent.splice(at, 1);
            // Not awaited: the sender is answered `sent:` first.
            const answer = { from: { id: bot.id, name: bot.name }, to: [from], text: answerTo(text) };
            setImmediate(() => server.post(answer).catch((err) => logger.error({ err }, 'the bot could not answer')));
            return undefined;
          },
        },
      },
    };
  },
});
