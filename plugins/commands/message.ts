import { defineCommand, noRoom, param, Rooms, refuse, renamedOption, reply, z } from 'chatserv';

export default defineCommand({
  name: 'message',
  aliases: ['send'],
  summary: 'Sends a message to one user or several, online or not, or to a room',
  params: {
    to: param.users('the recipients, or a room such as #lab'),
    text: param.text('what to say'),
  },
  usage: 'message <user> <text>, or message (<user> <user> ...) <text>, or message <room> <text>',
  wants: { rooms: Rooms },
  overlaps: true,
  options: z.strictObject({
    maxRecipients: z.int().positive().default(32).describe('How many recipients a message may have'),
    maxLength: z.int().positive().default(4096).describe('The longest text, in characters; an emoji counts as two'),
    recipients: renamedOption('maxRecipients'),
    length: renamedOption('maxLength'),
  }),
  async run({ session, account, values: { to, text }, once, reply: of, form, proceed }, { options, server, rooms }) {
    const isRetry = once?.first !== undefined;
    if (to.length > options.maxRecipients && !isRetry) {
      server.countLimitHit('recipients');
      return refuse('too-many', `A message can have at most ${options.maxRecipients} recipients.`);
    }
    if (text.length > options.maxLength && !isRetry) {
      server.countLimitHit('text-length');
      return refuse('too-long', `A message can have at most ${options.maxLength} characters.`);
    }
    const [only = ''] = to;
    const isToRoom = to.length === 1 && only.startsWith('#') && !isRetry;
    const room = isToRoom ? await rooms?.find(only, account) : undefined;
    if (isToRoom && room === undefined) return noRoom(only.slice(1));
    const place = room === undefined ? to : { room: room.id };
    const post = { from: account, to: place, text, reply: of, form, once, device: session.deviceName };
    const posted = await server.post(post, proceed);
    if ('kind' in posted) return posted;
    const { message, unknown } = posted;
    const { id, seq } = message;
    return reply(`sent:${unknown.join(',')}`, { id, ...(seq > 0 && { room: message.room, seq }), unknown });
  },
});
