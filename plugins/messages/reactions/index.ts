import { Accounts, definePlugin, type Entry, KeyedQueue, lineIn, MessageLog, Quotes, Rooms, z } from 'chatserv';
import { KIND, reactionCommands } from './commands.ts';
import { QuietRooms } from './quiet.ts';
import { REACTION, reactionOf } from './tally.ts';

const word = z.string().regex(/^\S{1,32}$/u);

export default definePlugin({
  name: 'reactions',
  summary: 'Lets users react to messages with emoji',
  options: z.strictObject({
    words: z
      .array(word)
      .default(['+1', '-1'])
      .describe('Words that are reactions too, for those who cannot type emoji'),
    maxReactions: z.int().positive().default(20).describe('The most different reactions to a message'),
    maxPerUser: z.int().positive().default(5).describe('The most reactions of a user to a message'),
    maxEntries: z
      .int()
      .positive()
      .default(1000)
      .describe('The most reactions to a message in all, those that were taken back included'),
    maxNames: z.int().positive().default(100).describe('The most names for a reaction in an answer to `reactions`'),
    quietAbove: z
      .int()
      .nonnegative()
      .default(100)
      .describe('The most members of a room in which plain lines show reactions; to everyone: the most users online'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog },
  wants: { quotes: Quotes, rooms: Rooms },
  setup({ options, accounts, messageLog, quotes, rooms, server, hotState }) {
    const quiet = new QuietRooms(options.quietAbove, rooms, server);
    // Two generations of the plugin can be at work at the same time.
    const queue = hotState('queue', () => new KeyedQueue<number>());

    function lineOf(entry: Entry): string | undefined {
      const reaction = reactionOf(entry);
      if (reaction === undefined || quiet.has(entry)) return undefined;
      const { emoji, on } = reaction;
      const what = on ? `reacted ${emoji} to` : `took back ${emoji} from`;
      return lineIn(entry, `${entry.from} ${what} ${quotes?.of(entry.of ?? 0) ?? 'a message'}`);
    }

    return {
      kinds: [{ name: KIND, version: 1, schema: REACTION, counts: false, line: lineOf }],
      commands: reactionCommands({ options, server, accounts, messageLog, quotes, quiet, queue }),
    };
  },
});
