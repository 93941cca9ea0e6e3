import { Accounts, definePlugin, MessageLog, mentionsIn, Roles, Rooms, z } from 'chatserv';
import { MentionResolver } from './resolver.ts';

export default definePlugin({
  name: 'mentions',
  summary: 'Lets messages mention users by @name, and everyone in a room by @all',
  options: z.strictObject({
    max: z
      .int()
      .positive()
      .default(20)
      .describe('The most names in a message that can mention someone; further ones are plain text'),
    maxForAll: z
      .int()
      .nonnegative()
      .default(50)
      .describe(
        'In rooms with more members than this, and to everyone, only moderators and owners can mention all; elsewhere any member can',
      ),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog },
  wants: { rooms: Rooms, roles: Roles },
  setup({ options, accounts, messageLog, rooms, roles, server }) {
    const resolver = new MentionResolver(options.maxForAll, { accounts, messageLog, rooms, roles });
    return {
      hooks: {
        onMessage: {
          transform: {
            // The text as other plugins leave it.
            order: 'post',
            // An edit notifies nobody.
            filter: ({ audience, of, text }) => 'group' in audience && of === undefined && mentionsIn(text).length > 0,
            handler(message) {
              const written = mentionsIn(message.text);
              if (written.length > options.max) server.countLimitHit('mentions');
              return resolver.resolve(message, written.slice(0, options.max));
            },
          },
        },
      },
    };
  },
});
