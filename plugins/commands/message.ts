import { defineCommand, refuse, reply, z } from 'chatserv';

/** One name or several in parentheses, one blank, and the text as typed. */
const FORM = /^(?:\(([^()]*)\)|([^\s()]+)) (.*)$/s;

export default defineCommand({
  name: 'message',
  aliases: ['send'],
  usage: 'message <user> <text>, or message (<user> <user> ...) <text>',
  summary: 'Sends a message to one user or several, online or not',
  args: { min: 2 },
  overlaps: true,
  options: z.strictObject({
    recipients: z.int().positive().default(32).describe('How many users one message may be for'),
    length: z
      .int()
      .positive()
      .default(4096)
      .describe('How long its text may be, in characters; an emoji counts as two'),
  }),
  async run({ account, rest, once, proceed }, { options, server }) {
    const [, several, one, text = ''] = FORM.exec(rest) ?? [];
    const names = one === undefined ? (several?.match(/\S+/g) ?? []) : [one];
    if (names.length === 0 || text.trim() === '') return refuse('args');
    const isRetry = once?.first !== undefined;
    if (names.length > options.recipients && !isRetry) {
      server.limitMet('recipients');
      return refuse('too-many');
    }
    if (text.length > options.length && !isRetry) {
      server.limitMet('text-length');
      return refuse('too-long');
    }
    const posted = await server.post({ from: account, to: names, text, once }, proceed);
    if ('kind' in posted) return posted;
    const { message, unknown } = posted;
    return reply(`sent:${unknown.join(',')}`, { id: message.id, unknown });
  },
});
