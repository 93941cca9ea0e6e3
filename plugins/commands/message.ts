import { defineCommand, refuse, reply } from 'chatserv';

/** One name or several in parentheses, one blank, and the text as typed. */
const FORM = /^(?:\(([^()]*)\)|([^\s()]+)) (.*)$/s;

export default defineCommand({
  name: 'message',
  aliases: ['send'],
  usage: 'message <user> <text>, or message (<user> <user> ...) <text>',
  summary: 'Sends a message to one user or several, online or not',
  args: { min: 2 },
  overlaps: true,
  async run({ account, rest, once, proceed }, { server }) {
    const [, several, one, text = ''] = FORM.exec(rest) ?? [];
    const names = one === undefined ? (several?.match(/\S+/g) ?? []) : [one];
    if (names.length === 0 || text.trim() === '') return refuse('args');
    const posted = await server.post({ from: account, to: names, text, once }, proceed);
    if ('kind' in posted) return posted;
    const { message, unknown } = posted;
    return reply(`sent:${unknown.join(',')}`, { id: message.id, unknown });
  },
});
