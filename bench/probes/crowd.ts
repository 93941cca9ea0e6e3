import { Accounts, definePlugin, MessageLog, Rooms, z } from 'chatserv';

/** How many accounts are made at once. */
const AT_ONCE = 1000;

/** A room with many members who are not online. */
export default definePlugin({
  name: 'crowd',
  summary: 'Fills a room',
  options: z.strictObject({
    room: z.string().default('town').describe('Its name'),
    members: z.int().positive().describe('How many members it has'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, rooms: Rooms },
  setup: ({ options, accounts, messageLog, rooms, clock }) => ({
    async start() {
      const room = await rooms.own('crowd', options.room);
      if ('kind' in room) throw new Error(room.sentence);
      for (let first = 0; first < options.members; first += AT_ONCE) {
        const numbers = Array.from({ length: Math.min(AT_ONCE, options.members - first) }, (_, i) => first + i);
        const made = await Promise.all(numbers.map((number) => accounts.create(`member${number}`, '')));
        await Promise.all(made.map((one) => one && messageLog.join(room.id, one.id, 'member', clock.now())));
      }
    },
  }),
});
