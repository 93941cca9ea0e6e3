import { Accounts, definePlugin, EVERYONE, MessageLog, Quotes, z } from 'chatserv';
import { AnsweredMessages } from './answered-messages.ts';
import { QuotedMessages } from './quoted-messages.ts';
import { replyCommand } from './reply-command.ts';

export default definePlugin({
  name: 'replies',
  summary: 'Lets messages answer others, which plain lines quote',
  options: z.strictObject({
    mention: z
      .boolean()
      .default(true)
      .describe(
        'Whether an answer in a room, or to everyone, counts as a mention of the author of the answered message',
      ),
    quoteLength: z.int().positive().max(200).default(24).describe('The longest quote on a plain line, in characters'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog },
  provides: { quotes: Quotes },
  setup({ options, accounts, messageLog, server }) {
    const quotes = new QuotedMessages(messageLog, options.quoteLength);
    const answered = new AnsweredMessages(accounts, messageLog);
    return {
      provide: { quotes },
      commands: [replyCommand({ accounts, messageLog, server })],
      hooks: {
        onMessage: {
          guard: {
            filter: ({ reply }) => reply !== undefined,
            async handler(message) {
              const { reply = 0 } = message;
              const refusal = await answered.check(message, reply);
              if (refusal === undefined) await quotes.load([reply]);
              return refusal;
            },
          },
          transform: {
            filter: ({ audience, reply }) => options.mention && 'group' in audience && reply !== undefined,
            async handler(message) {
              const author = answered.authorOf(message);
              if (author === undefined) return;
              const isIn = message.room === EVERYONE || (await messageLog.member(message.room, author)) !== undefined;
              if (isIn) message.mention([author]);
            },
          },
        },
      },
    };
  },
});
