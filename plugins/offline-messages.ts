import { type Account, Accounts, definePlugin, type Entry, Inbox, Log, type Message, type Session, z } from 'chatserv';

/** How many messages are read from the log at a time. */
const PAGE = 256;

export default definePlugin({
  name: 'offline-messages',
  summary: 'Keeps every message until each of its recipients was given it',
  options: z.strictObject({
    cursorTime: z.int().positive().default(250).describe('How often cursors are written, in milliseconds'),
  }),
  needs: { accounts: Accounts, log: Log },
  provides: { inbox: Inbox },
  setup({ options, accounts, log, clock, keep, logger }) {
    /** Cursors that have moved further than the store knows. */
    const moved = keep('moved', () => new Map<number, number>());
    let cancel: (() => void) | undefined;

    async function writeCursors(): Promise<void> {
      cancel?.();
      cancel = undefined;
      const moves = [...moved];
      if (moves.length === 0) return;
      try {
        await log.moveCursors(moves);
        for (const [account, id] of moves) if (moved.get(account) === id) moved.delete(account);
      } catch (err) {
        logger.error({ err }, 'cursors could not be written; they are tried again');
      }
      // Those that moved, or failed, meanwhile.
      if (moved.size > 0) cancel ??= clock.after(options.cursorTime, () => void writeCursors());
    }

    const inbox: Inbox = {
      async readOn(session) {
        const { account } = session;
        if (account === undefined) return;
        // The cursor is asked for inside: from the call on nothing is given out of turn.
        let cursor = -1;
        await session.feed.readOn(0, async (after) => {
          if (cursor < 0) cursor = Math.max(moved.get(account.id) ?? 0, await log.cursor(account.id));
          const page = await log.read(account.id, Math.max(after, cursor), PAGE);
          return page.map((entry) => messageOf(entry, account));
        });
      },
    };

    return {
      provide: { inbox },
      hooks: {
        onMessage: {
          order: 'post',
          async handler(message) {
            const { audience, from, text, time } = message;
            const to = 'group' in audience ? 'everyone' : await recipients(audience, accounts);
            if (to !== 'everyone' && to.length === 0) return undefined;
            message.place(await log.append({ sender: from.id, from: from.name, audience: to, text, time }));
            return undefined;
          },
        },
        onDelivered(session: Session, message: Message) {
          const { account } = session;
          if (account === undefined || message.id === 0 || (moved.get(account.id) ?? 0) >= message.id) return;
          moved.set(account.id, message.id);
          cancel ??= clock.after(options.cursorTime, () => void writeCursors());
        },
        // Before others watch the login: what waited comes first.
        onLogin: {
          order: 'pre',
          async handler(session) {
            await inbox.readOn(session);
          },
        },
      },
      async dispose() {
        cancel?.();
        await writeCursors();
        cancel?.();
      },
    };
  },
});

/** The ids of those a message is for. Names of nobody online may be those of accounts that are offline. */
async function recipients(audience: { accounts: Account[]; absent: string[] }, accounts: Accounts): Promise<number[]> {
  const unknown: string[] = [];
  for (const name of audience.absent) {
    const account = await accounts.find(name);
    if (account === undefined) unknown.push(name);
    else audience.accounts.push({ id: account.id, name: account.name });
  }
  audience.absent.splice(0, audience.absent.length, ...unknown);
  return audience.accounts.map(({ id }) => id);
}

function messageOf({ id, sender, from, text, time }: Entry, account: Account): Message {
  return { id, from: { id: sender, name: from }, audience: { accounts: [account], absent: [] }, text, time };
}
