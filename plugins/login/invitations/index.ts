import { Accounts, definePlugin, Invitations, Roles, Rooms, Storage, z } from 'chatserv';
import { invitationCommands } from './commands.ts';
import { InvitationRegister } from './register.ts';
import { invitationService } from './service.ts';

const DAY = 86_400;

export default definePlugin({
  name: 'invitations',
  summary: 'Lets moderators invite new users with codes and links, also into rooms',
  options: z.strictObject({
    role: z
      .string()
      .min(1)
      .default('moderator')
      .describe('The role of those who may invite to the server; moderators of a room may invite to that room'),
    url: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe('The address of the page, for links: `https://chat.example.org/`; without it there is only a code'),
    time: z
      .number()
      .positive()
      .default(7 * DAY)
      .describe('How long an invitation is valid by default, in seconds'),
    maxTime: z
      .number()
      .positive()
      .default(30 * DAY)
      .describe('How long an invitation can be valid, in seconds'),
    maxUses: z.int().positive().default(100).describe('How many users an invitation can be for'),
    perAccount: z.int().positive().default(20).describe('How many open invitations an account can have'),
    wrongPerNetwork: z
      .int()
      .positive()
      .default(10)
      .describe('How many wrong codes from one IPv4 address or IPv6 /64 within `wrongTime`'),
    wrongTime: z.number().positive().default(3600).describe('The time for `wrongPerNetwork`, in seconds'),
  }),
  needs: { accounts: Accounts, storage: Storage },
  wants: { roles: Roles, rooms: Rooms },
  provides: { invitations: Invitations },
  setup(context) {
    const register = new InvitationRegister(context.storage, context.clock);
    const service = invitationService({ ...context, register });
    return {
      provide: { invitations: service },
      commands: invitationCommands({ ...context, register, service }),
      hooks: {
        async onAccountChange(account, change) {
          if (change !== 'removed') return;
          for (const { key, by } of await register.all()) if (by === account.id) await register.remove(key);
        },
      },
    };
  },
});
