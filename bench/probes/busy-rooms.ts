import { Accounts, definePlugin, MessageLog, Rooms, z } from 'chatserv';

/** How many entries are appended at once. */
const AT_ONCE = 1000;

/** Rooms full of messages that one of their members, who was away, has not received. */
export default definePlugin({
  name: 'busy-rooms',
  summary: 'Fills rooms with messages',
  options: z.strictObject({
    rooms: z.int().positive().default(200).describe('How many rooms'),
    messages: z.int().positive().default(1_000_000).describe('How many messages in all'),
    member: z.string().default('late').describe('Who is in all rooms'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog, rooms: Rooms },
  setup: ({ options, accounts, messageLog, rooms, clock }) => ({
    async start() {
      const [late, sender] = await Promise.all([options.member, 'sender'].map((name) => accounts.create(name, '')));
      if (late === undefined || sender === undefined) throw new Error('the store is not empty');
      const ids: number[] = [];
      for (let i = 0; i < options.rooms; i++) {
        const room = await rooms.own('busy-rooms', `room${i}`);
        if ('kind' in room) throw new Error(room.sentence);
        for (const { id } of [late, sender]) await messageLog.join(room.id, id, 'member', clock.now());
        ids.push(room.id);
      }
      const entry = {
        kind: 'message',
        version: 1,
        counts: true,
        sender: sender.id,
        from: sender.name,
        device: '',
        toSender: false,
        body: 'some words, as people say them, about the weather and the food of today',
      };
      for (let first = 0; first < options.messages; first += AT_ONCE) {
        const count = Math.min(AT_ONCE, options.messages - first);
        const entries = Array.from({ length: count }, (_, i) => {
          return { ...entry, to: { room: ids[(first + i) % ids.length] ?? 0 }, time: clock.now() };
        });
        await messageLog.append(entries);
      }
    },
  }),
});
