import { defineCommand, param, refuse, renamedOption, reply, z } from 'chatserv';

export default defineCommand({
  name: 'broadcast',
  summary: 'Sends a message to everyone else',
  params: { text: param.text('what to say') },
  overlaps: true,
  options: z.strictObject({
    to: z
      .enum(['everyone', 'online'])
      .default('everyone')
      .describe('Who receives it: every registered user, or only those online'),
    maxLength: z.int().positive().default(4096).describe('The longest text, in characters; an emoji counts as two'),
    length: renamedOption('maxLength'),
  }),
  async run({ session, account, values: { text }, once, reply: of, form, proceed }, { options, server }) {
    if (text.length > options.maxLength && once?.first === undefined) {
      server.countLimitHit('text-length');
      return refuse('too-long', `A message can have at most ${options.maxLength} characters.`);
    }
    const { to } = options;
    const post = { from: account, to, text, reply: of, form, once, device: session.deviceName };
    const posted = await server.post(post, proceed);
    if ('kind' in posted) return posted;
    const { id, room, seq } = posted.message;
    return reply('sent:', { id, ...(seq > 0 && { room, seq }), unknown: [] });
  },
});
