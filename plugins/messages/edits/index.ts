import { Accounts, definePlugin, MessageLog, Roles, Rooms, z } from 'chatserv';
import { deleteCommand } from './delete-command.ts';
import { editCommand } from './edit-command.ts';
import { editKind, redactionKind } from './kinds.ts';
import { LastMessages } from './last-messages.ts';

const time = z.union([z.number().positive(), z.literal('none')]);

export default definePlugin({
  name: 'edits',
  summary: 'Lets users edit and delete messages',
  options: z.strictObject({
    editTime: time
      .default(86_400)
      .describe('How long after a message its author may edit it, in seconds; `none` for no limit'),
    deleteTime: time
      .default('none')
      .describe('How long after a message its author may delete it, in seconds; `none` for no limit'),
    deleteOthers: z
      .boolean()
      .default(true)
      .describe("Whether a room's moderators may delete its messages, and the server's those to everyone"),
    maxEdits: z.int().positive().default(50).describe('How many times a message can be edited'),
    maxLength: z.int().positive().default(4096).describe('The longest new text, in characters; an emoji counts as two'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog },
  wants: { rooms: Rooms, roles: Roles },
  setup({ options, accounts, messageLog, rooms, roles, server, clock, hotState }) {
    const last = hotState('last', () => new LastMessages());
    const context = { options, server, clock, accounts, messageLog, rooms, roles, last };
    let unfollow = () => {};
    return {
      kinds: [editKind, redactionKind],
      commands: [editCommand(context), deleteCommand(context)],
      start() {
        unfollow();
        unfollow = messageLog.follow(last.note);
      },
      dispose: () => unfollow(),
    };
  },
});
