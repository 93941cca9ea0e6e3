import { Accounts, definePlugin, History, Ignores, MessageLog, Quotes, Rooms, reserve, z } from 'chatserv';
import { catchUp, gapKind } from './gaps.ts';
import { historyCommand } from './history-command.ts';
import { RoomKeeping } from './keeping.ts';
import { retentionCommand, retentionKind } from './retention.ts';
import { RetentionNotices } from './retention-notices.ts';

const days = z.number().positive();
const messages = z.int().positive();

export default definePlugin({
  name: 'history',
  summary: 'Keeps messages after delivery, and shows them in pages',
  options: z.strictObject({
    days: days.default(365).describe("How long a room's messages are kept, received or not, in days"),
    messages: messages.default(100_000).describe('The most messages kept of a room; the oldest are removed first'),
    most: z
      .strictObject({ days: days.optional(), messages: messages.optional() })
      .default({ days: 365, messages: 100_000 })
      .describe('The highest `days` and `messages` that an owner may choose for a room; an absent one has no limit'),
    catchUp: z
      .int()
      .nonnegative()
      .default(50)
      .describe('How many new messages of a named room a returning device gets; the earlier ones become a gap'),
    announce: z
      .boolean()
      .default(true)
      .describe('Whether a user who joins a room is told how long messages stay there'),
    pageSize: z.int().positive().default(50).describe('How many messages `history` shows without a number'),
    maxPageSize: z.int().positive().default(200).describe('The most messages that `history` shows'),
    maxChanges: z
      .int()
      .positive()
      .default(1000)
      .describe('The most edits, reactions and other changes that `history` shows with its messages'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog },
  wants: { ignores: Ignores, quotes: Quotes, rooms: Rooms },
  provides: { history: History },
  setup({ options, accounts, messageLog, ignores, quotes, rooms, server, logger }) {
    const keeping = new RoomKeeping(options, options.most);
    const context = { server, messageLog, keeping };
    const notices = new RetentionNotices({ ...context, logger });
    let unfollow = () => {};
    return {
      provide: {
        history: {
          keeping: (room) => keeping.of(room),
          retention: (now) => keeping.retention(messageLog, now),
          catchUp: (account, after, upTo, isBrief) =>
            catchUp(messageLog, keeping, options.catchUp, [account, after, upTo], isBrief),
        },
      },
      kinds: [gapKind, retentionKind],
      commands: [
        historyCommand(options, { server, accounts, messageLog, quotes, ignores }),
        ...(rooms === undefined ? [] : [retentionCommand(context, rooms)]),
      ],
      hooks: {
        onCommand: {
          guard: {
            filter: (_session, { command }) => notices.isJoining(command),
            handler: (_session, { account }) => reserve(notices.begin(account)),
          },
        },
      },
      start() {
        unfollow();
        if (!options.announce) return;
        unfollow = messageLog.follow((entries) => {
          for (const entry of entries) {
            if (entry.kind === 'join') notices.note(entry);
          }
        });
      },
      dispose: () => unfollow(),
    };
  },
});
