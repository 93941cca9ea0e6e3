import {
  type Account,
  Accounts,
  type Cursor,
  definePlugin,
  type Entry,
  Inbox,
  Log,
  type Message,
  refuse,
  type Session,
  z,
} from 'chatserv';
import { Cursors } from './cursors.ts';
import { Room } from './room.ts';
import { TrustedTime } from './trusted-time.ts';

/** How many messages are read from the log at a time. */
const PAGE = 256;

/** How many messages are counted where it is not said. */
const COUNTED_MOST = 10_000;

export default definePlugin({
  name: 'offline-messages',
  summary: 'Keeps every message until each of its recipients was given it',
  options: z.strictObject({
    keepDays: z.number().positive().default(365).describe('How long what nobody fetched is kept, in days'),
    keepMessages: z.int().positive().default(1_000_000).describe('How many messages are kept at most, the latest ones'),
    waiting: z
      .int()
      .positive()
      .default(10_000)
      .describe('How many messages that name an account may wait for it; those to more than 32 accounts do not count'),
    waitingFrom: z.int().positive().default(1000).describe('How many of them may be from one sender'),
    waitingFromNetwork: z
      .int()
      .positive()
      .default(2000)
      .describe('How many may be from one network when a sender there adds one whom the account has never written to'),
    waitingFromStrangers: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'Up to what part of `waiting` senders may add messages whom the account has never written to; the rest is for those it has',
      ),
    waitingForLost: z
      .int()
      .nonnegative()
      .default(1000)
      .describe(
        'How many messages other sessions of a user may be given before what a lost one has not acknowledged is given up',
      ),
    trimTime: z.number().positive().default(600).describe('How often what everyone has is forgotten, in seconds'),
    keyTime: z
      .number()
      .positive()
      .default(86_400)
      .describe('For how long after a message its sender may send it again without saying it twice, in seconds'),
    cursorTime: z.int().positive().default(250).describe('How often cursors are written, in milliseconds'),
  }),
  needs: { accounts: Accounts, log: Log },
  provides: { inbox: Inbox },
  setup({ options, accounts, log, clock, keep, logger, server, signal }) {
    // A reload may bring another object for the log, and never another log.
    const cursors = keep('cursors', () => new Cursors());
    cursors.waitingForLost = options.waitingForLost;
    cursors.gaveUp = () => server.limitMet('waiting-for-lost');
    // Feeds hold on to the reader that they were given at the login, which must not end with the log's object of then.
    const live = keep('live', () => ({ log, readers: new WeakSet<Session>() }));
    const room = new Room(log, server, clock, options, (account) => cursors.of(account, log));
    let cancelWrite: (() => void) | undefined;
    // Over a reload, too, it knows how long the time of day has been what it is.
    const age = keep<{ time?: Promise<TrustedTime> }>('age', () => ({}));
    let trimming = false;
    let cancelTrim = clock.after(options.trimTime * 1000, trim);

    function writeSoon(): void {
      cancelWrite ??= clock.after(options.cursorTime, () => void write());
    }

    async function write(): Promise<void> {
      cancelWrite = undefined;
      for (const session of server.sessions()) cursors.hand(session);
      try {
        await cursors.write(log);
      } catch (err) {
        logger.error({ event: 'store-error', err }, 'cursors could not be written; they are tried again');
      }
      if (cursors.moved && !signal.aborted) writeSoon();
    }

    function trim(): void {
      cancelTrim = clock.after(options.trimTime * 1000, trim);
      if (trimming) return;
      trimming = true;
      forget()
        .catch((err: unknown) => {
          logger.error({ event: 'store-error', err }, 'the log could not be trimmed; it is tried again');
        })
        .finally(() => {
          trimming = false;
        });
    }

    async function forget(): Promise<void> {
      const now = (await trustedTime()).now();
      const before = now - options.keepDays * 86_400_000;
      const keysSince = now - options.keyTime * 1000;
      const retention = { before, most: options.keepMessages, now: clock.now(), keysSince };
      while (!signal.aborted && (await log.trim(retention)));
    }

    function trustedTime(): Promise<TrustedTime> {
      age.time ??= Promise.resolve(log.latest?.()).then((latest) => new TrustedTime(clock, latest));
      // What cannot be read now is read at the next round.
      age.time.catch(() => delete age.time);
      return age.time;
    }

    const inbox: Inbox = {
      async readOn(session) {
        const { account } = session;
        if (account === undefined) return;
        live.readers.add(session);
        let cursor: Cursor | undefined;
        // The cursor is asked for inside: from the call on nothing is given out of turn.
        await session.feed.readOn(0, async (after, since) => {
          cursor ??= await cursors.of(account.id, live.log);
          const { id, handed } = cursor;
          const start = since > 0 ? Math.min(id, since - 1) : id;
          const page = await live.log.read(account.id, Math.max(after, start), PAGE);
          return page.map((entry) => messageOf(entry, account, entry.id <= handed));
        });
      },

      async waiting(account, most = COUNTED_MOST) {
        let { id: after } = await cursors.of(account.id, log);
        for (let count = 0; ; ) {
          const page = await log.read(account.id, after, Math.min(PAGE, most - count));
          const last = page.at(-1);
          if (last === undefined) return count;
          count += page.length;
          after = last.id;
        }
      },
    };

    return {
      provide: { inbox },
      start() {
        live.log = log;
        // Before anything is said at a time of day that may be wrong.
        trustedTime().catch(() => {});
        // Whoever logged in while the plugin was off has no reader yet.
        for (const session of server.sessions()) {
          // A page that cannot be read is the feed's to report.
          if (session.account === undefined || live.readers.has(session)) continue;
          cursors.begun(session, session.account);
          inbox.readOn(session).catch(() => {});
        }
      },
      hooks: {
        async onRetry(sender, key) {
          const found = await log.find(sender.id, key);
          return typeof found === 'number' ? { duplicateOf: found, unknown: [] } : found;
        },
        onMessage: {
          transform: {
            order: 'post',
            async handler(message) {
              const { audience, from, time, once } = message;
              const named = 'group' in audience ? undefined : audience;
              if (named !== undefined) await findAbsent(named, accounts);
              if (named?.accounts.length === 0) return undefined;
              const origin = named && room.originOf(from);
              const full = named === undefined ? [] : await room.full(named.accounts, from.id, origin);
              if (named !== undefined && full.length > 0) {
                if (full.length === named.accounts.length) {
                  message.place(refuse('full', 'Too many messages wait there already. Try again later.'));
                  return undefined;
                }
                for (const account of full) named.accounts.splice(named.accounts.indexOf(account), 1);
                named.absent.push(...full.map(({ name }) => name));
              }
              if (message.senderRemoved) return undefined;
              message.place(() => {
                // As all handlers have left it.
                const key = once && { key: once.key, unknown: named?.absent ?? [] };
                const to = named?.accounts.map(({ id }) => id) ?? 'everyone';
                const said = { sender: from.id, from: from.name, text: message.text, time, origin };
                return log.append({ ...said, audience: to, ...key });
              });
              return undefined;
            },
          },
        },
        onDelivered(session: Session, message: Message) {
          const { account } = session;
          if (account === undefined || message.id === 0) return;
          cursors.delivered(session, account, message.id);
          writeSoon();
        },
        // Before others watch the login: what waited comes first.
        onLogin: {
          observe: {
            order: 'pre',
            async handler(session) {
              const { account } = session;
              if (account === undefined) return;
              room.forget(account);
              cursors.begun(session, account);
              await inbox.readOn(session);
            },
          },
        },
        async onDisconnect(session) {
          if (session.account === undefined) return;
          room.forget(session.account);
          cursors.ended(session, session.account);
          if (cursors.moved) writeSoon();
        },
      },
      async dispose() {
        cancelWrite?.();
        cancelTrim();
        await write();
      },
    };
  },
});

/** Names of nobody online may be those of accounts that are offline: the message is for these, too. */
async function findAbsent(audience: { accounts: Account[]; absent: string[] }, accounts: Accounts): Promise<void> {
  // At once, so that they share one request of the store.
  const found = await Promise.all(audience.absent.map((name) => accounts.find(name)));
  const unknown = audience.absent.filter((_, index) => found[index] === undefined);
  for (const account of found)
    if (account !== undefined) audience.accounts.push({ id: account.id, name: account.name });
  audience.absent.splice(0, audience.absent.length, ...unknown);
}

function messageOf({ id, sender, from, everyone, text, time }: Entry, account: Account, repeat: boolean): Message {
  const audience = everyone ? { group: 'everyone' as const } : { accounts: [account], absent: [] };
  return { id, from: { id: sender, name: from }, audience, text, time, repeat };
}
