import {
  type Account,
  Accounts,
  type Audience,
  type Cursor,
  definePlugin,
  History,
  Inbox,
  isGuest,
  type Message,
  type MessageDraft,
  MessageLog,
  refuse,
  renamedOption,
  type Session,
  z,
} from 'chatserv';
import { ahead, Cursors } from './cursors.ts';
import { DeviceInbox, type Inboxes } from './device-inbox.ts';
import { InboxQuota } from './inbox-quota.ts';
import { Trimming } from './trimming.ts';
import { TrustedTime } from './trusted-time.ts';

/** How many messages to read at a time to count them. */
const PAGE = 256;

/** How far `waiting` counts by default. */
const COUNTED_MOST = 10_000;

/** An audience of accounts, not of a group. */
type NamedAudience = Exclude<Audience, { readonly group: string }>;

export default definePlugin({
  name: 'offline-messages',
  summary: 'Stores every message until each recipient has received it',
  options: z.strictObject({
    keepDays: z.number().positive().default(365).describe('How long messages are kept at most, in days'),
    keepMessages: z
      .int()
      .positive()
      .default(1_000_000)
      .describe('The most messages kept; the oldest are removed first'),
    maxQueued: z
      .int()
      .positive()
      .default(10_000)
      .describe('The most direct messages queued for an account; a message to more than 32 accounts is never refused'),
    maxQueuedPerSender: z.int().positive().default(1000).describe('The most of them from one sender'),
    maxQueuedPerNetwork: z
      .int()
      .positive()
      .default(2000)
      .describe('The most of them from one network; checked for senders whom the account has never written to'),
    strangersShare: z
      .number()
      .min(0)
      .max(1)
      .default(0.5)
      .describe(
        'The share of `maxQueued` open to senders whom the account has never written to; the rest is reserved for those it has',
      ),
    maxLostLag: z
      .int()
      .nonnegative()
      .default(1000)
      .describe(
        'How many messages other sessions of a user may receive before the unacknowledged ones of a lost session are given up',
      ),
    trimTime: z.number().positive().default(600).describe('How often delivered messages are trimmed, in seconds'),
    keyTime: z
      .number()
      .positive()
      .default(86_400)
      .describe('How long a retry of a message under the same key is recognized, in seconds'),
    devices: z
      .int()
      .positive()
      .default(16)
      .describe('The most devices of an account; the least recently seen is removed first'),
    deviceDays: z
      .number()
      .positive()
      .default(90)
      .describe('How long messages are kept for a device that is not seen, in days; the last one of an account stays'),
    cursorTime: z.int().positive().default(250).describe('How often cursors are written, in milliseconds'),
    waiting: renamedOption('maxQueued'),
    waitingFrom: renamedOption('maxQueuedPerSender'),
    waitingFromNetwork: renamedOption('maxQueuedPerNetwork'),
    waitingFromStrangers: renamedOption('strangersShare'),
    waitingForLost: renamedOption('maxLostLag'),
  }),
  needs: { accounts: Accounts, messageLog: MessageLog },
  wants: { history: History },
  provides: { inbox: Inbox },
  setup({ options, accounts, messageLog: log, history, clock, hotState, logger, server, signal }) {
    // A reload may replace the service object, but it is always the same log.
    const cursors = hotState('cursors', () => new Cursors());
    cursors.maxLostLag = options.maxLostLag;
    cursors.gaveUp = () => server.countLimitHit('waiting-for-lost');
    // Feeds keep the reader of their login, so it must reach the current service objects.
    const live = hotState('live', () => ({ log, history, readers: new WeakMap<Session, DeviceInbox>() }));
    const quota = new InboxQuota(log, server, clock, options, furthest);
    let cancelWrite: (() => void) | undefined;
    let written = Promise.resolve();
    // Kept over reloads, because it depends on how long the clock has run.
    const age = hotState<{ time?: Promise<TrustedTime> }>('age', () => ({}));
    const trimming = new Trimming({ log, history, options, clock, logger, signal, trustedTime });

    /** The id up to which the furthest of an account's devices has everything. */
    async function furthest({ id }: Account): Promise<number> {
      const moved = cursors.of(id);
      const devices = await log.devices(id);
      return Math.max(0, ...devices.map((device) => ahead(moved, device.name, device).id));
    }

    /** Records a device's login, without waiting if the device is known. @returns its cursor */
    async function enter(id: number, device: string): Promise<Cursor> {
      const devices = await live.log.devices(id);
      const known = devices.find(({ name }) => name === device);
      const others = devices.filter(({ seen }) => seen > 0);
      if (known === undefined && others.length >= options.devices) {
        server.countLimitHit('devices');
        // Devices that are online were seen just now: the one to be removed is another.
        const online = cursors.of(id).map(({ device: name }) => ({ account: id, device: name, id: 0, handed: 0 }));
        await live.log.moveCursors(online, clock.now());
      }
      const entering = live.log.enter(id, device, clock.now(), options.devices);
      if (known === undefined) return entering;
      entering.catch((err: unknown) => {
        logger.error({ event: 'store-error', err }, "a device's login could not be recorded");
      });
      return known;
    }

    function trustedTime(): Promise<TrustedTime> {
      age.time ??= Promise.resolve(log.latest()).then((latest) => new TrustedTime(clock, latest));
      // After a failure the next one who asks reads it again.
      age.time.catch(() => delete age.time);
      return age.time;
    }

    function writeSoon(): void {
      cancelWrite ??= clock.after(options.cursorTime, () => void write());
    }

    /** Writes cursors after the current write, so that a stop waits for both. */
    function write(): Promise<void> {
      written = written.then(writeNow);
      return written;
    }

    async function writeNow(): Promise<void> {
      cancelWrite = undefined;
      for (const session of server.sessions()) cursors.hand(session);
      try {
        await cursors.write(log, clock.now());
      } catch (err) {
        logger.error({ event: 'store-error', err }, 'cursors could not be written; will retry');
      }
      if (cursors.moved && !signal.aborted) writeSoon();
    }

    /** Keeps a message for those named accounts whose inboxes are not full, and refuses it if all of them are. */
    async function keepDirect(message: MessageDraft, audience: NamedAudience): Promise<undefined> {
      await findAbsent(audience, accounts);
      if (audience.accounts.length === 0) return;
      const origin = quota.originOf(message.from);
      const full = await quota.full(audience.accounts, message.from.id, origin);
      if (full.length > 0 && full.length === audience.accounts.length) {
        message.refuse(refuse('full', 'That inbox is full. Try again later.'));
        return;
      }
      for (const account of full) audience.accounts.splice(audience.accounts.indexOf(account), 1);
      audience.unresolved.push(...full.map(({ name }) => name));
      message.keep(origin);
    }

    const inboxes: Inboxes = {
      async cursorOf(account, device) {
        const moved = cursors.of(account);
        return ahead(moved, device, await enter(account, device));
      },
      page: (...range) => live.log.read(...range),
      catchUp: (...range) => live.history?.catchUp(...range),
    };

    /** The reader of a session, the same one for all its reading: gaps are found once. */
    function readerOf(session: Session, { id }: Account): DeviceInbox {
      const known = live.readers.get(session);
      if (known !== undefined) return known;
      const { acknowledges, catchesUp } = session.codec;
      const reader = new DeviceInbox(inboxes, id, session.deviceName, !acknowledges && !catchesUp);
      live.readers.set(session, reader);
      return reader;
    }

    const inbox: Inbox = {
      async catchUp(session) {
        const { account } = session;
        // A guest gets live messages only.
        if (account === undefined || isGuest(account)) return;
        // The feed reads the cursor itself, so that it delivers nothing out of order meanwhile.
        await session.feed.catchUp(readerOf(session, account));
      },

      async waiting(account, most = COUNTED_MOST) {
        const moved = cursors.of(account.id);
        const [devices, end] = await Promise.all([log.devices(account.id), log.head()]);
        const device = devices.find(({ name }) => name === '');
        let after = device ? ahead(moved, '', device).id : await furthest(account);
        const skip = (await history?.catchUp(account.id, after, end, true))?.skip;
        for (let count = 0; ; ) {
          const page = await log.read(account.id, after, end, PAGE, skip);
          const last = page.at(-1);
          if (last === undefined || count >= most) return Math.min(count, most);
          count += page.filter(({ sender, toSender }) => sender !== account.id || toSender).length;
          after = last.id;
        }
      },
    };

    return {
      provide: { inbox: Object.assign(inbox, { readOn: inbox.catchUp }) },
      start() {
        live.log = log;
        live.history = history;
        // Before a message is stored with a time of day that may be wrong.
        trustedTime().catch(() => {});
        // Sessions that logged in while the plugin was off have no reader yet.
        for (const session of server.sessions()) {
          // The feed reports read errors.
          if (session.account === undefined || isGuest(session.account) || live.readers.has(session)) continue;
          cursors.begun(session, session.account);
          inbox.catchUp(session).catch(() => {});
        }
      },
      hooks: {
        onMessage: {
          transform: {
            order: 'post',
            // Synchronous for messages to all and to those who are online and up to date: most messages.
            handler(message) {
              const { audience, from, of } = message;
              // An edit is no further message in an inbox.
              if ('group' in audience || of !== undefined) {
                message.keep();
                return undefined;
              }
              const { accounts: named, unresolved } = audience;
              // Nothing is stored of a conversation with a guest, who will not be back.
              if (isGuest(from) || named.some(isGuest)) return undefined;
              if (unresolved.length > 0 || !quota.areLive(named)) return keepDirect(message, audience);
              if (named.length > 0) message.keep(quota.originOf(from));
              return undefined;
            },
          },
        },
        onDelivered(session: Session, message: Message) {
          if (message.id === 0) return;
          cursors.delivered(session, message.id);
          writeSoon();
        },
        // Before other observers of the login: queued messages come first.
        onLogin: {
          observe: {
            order: 'pre',
            async handler(session) {
              const { account } = session;
              if (account === undefined || isGuest(account)) return;
              quota.forget(account);
              cursors.begun(session, account);
              await inbox.catchUp(session);
            },
          },
        },
        // Before other observers, as at the login: the device may come back at once.
        onDisconnect: {
          observe: {
            order: 'pre',
            handler(session) {
              if (session.account === undefined) return;
              quota.forget(session.account);
              cursors.ended(session);
              if (cursors.moved) writeSoon();
            },
          },
        },
      },
      async dispose() {
        cancelWrite?.();
        trimming.stop();
        await write();
      },
    };
  },
});

/** Adds offline accounts to an audience: names that match no one online may be theirs. */
async function findAbsent(audience: NamedAudience, accounts: Accounts): Promise<void> {
  // In parallel, so that the store answers them in one batch.
  const found = await Promise.all(audience.unresolved.map((name) => accounts.find(name)));
  const unknown = audience.unresolved.filter((_, index) => found[index] === undefined);
  for (const account of found)
    if (account !== undefined) audience.accounts.push({ id: account.id, name: account.name });
  audience.unresolved.splice(0, audience.unresolved.length, ...unknown);
}
