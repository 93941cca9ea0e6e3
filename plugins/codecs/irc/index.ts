import {
  type Account,
  Accounts,
  askUsername,
  type Codec,
  definePlugin,
  type Entry,
  Guests,
  History,
  Ignores,
  isGuest,
  LoginDialogue,
  Markers,
  MessageLog,
  Passwords,
  PersonalData,
  Presence,
  Registration,
  Roles,
  Rooms,
  refuse,
  Storage,
} from 'chatserv';
import { Channels } from './channels/channels.ts';
import { CATCHING_UP, Client } from './client.ts';
import { Clients } from './clients.ts';
import { ReadMarkers } from './history/read-markers.ts';
import { loadReadTime } from './history/read-times.ts';
import type { Irc, IrcServices } from './irc.ts';
import { Keepalive } from './keepalive.ts';
import { LogFollower } from './log-follower.ts';
import { MessageExtras } from './messages/extras.ts';
import { ownWordsKind } from './messages/own-words.ts';
import { Metadata } from './metadata/metadata.ts';
import { ircOptions } from './options.ts';
import { changingAway } from './people/away.ts';
import { Census } from './people/census.ts';
import { Monitors } from './people/monitors.ts';
import { PastUsers } from './people/past-users.ts';
import { IrcPresence } from './people/presence.ts';
import { tellRenamed } from './people/renamed.ts';
import { tellCapabilities } from './registration/cap.ts';
import { Devices } from './registration/devices.ts';
import { checkEarlyWords } from './registration/early-words.ts';
import { REGISTRATION } from './registration/registration.ts';
import { renderEntry } from './render/entry.ts';
import { renderMessage } from './render/message.ts';
import { relayedKind } from './render/relayed.ts';
import { statusKind } from './render/status.ts';
import { isService } from './services/index.ts';
import { Underway } from './underway.ts';
import { LINE, TAGS } from './wire/message.ts';

/** How an IRC client begins. No user name contains a blank. */
const FIRST_LINE = /^(?:@\S+ +)?(?:CAP|NICK|USER|PASS|AUTHENTICATE) +\S/i;

export default definePlugin({
  name: 'irc',
  summary: 'Speaks IRC with its clients',
  options: ircOptions,
  needs: { accounts: Accounts, dialogue: LoginDialogue, log: MessageLog, presence: Presence, storage: Storage },
  wants: {
    rooms: Rooms,
    roles: Roles,
    history: History,
    ignores: Ignores,
    markers: Markers,
    passwords: Passwords,
    guests: Guests,
    registration: Registration,
  },
  provides: { personalData: PersonalData },
  setup(setup) {
    const { accounts, log, presence, storage, clock, logger, quota, hotState } = setup;
    const irc = hotState('irc', () => newIrc(clock.now()));
    const readMarkers = new ReadMarkers(storage);
    const metadata = new Metadata(irc, storage);
    const services: IrcServices = {
      ...setup,
      readMarkers,
      metadata,
      operAttempts: quota('irc-oper'),
      metadataChanges: quota('irc-metadata'),
    };
    Object.assign(irc, services);
    const shown = hotState('presence', () => new IrcPresence(irc));
    const follower = new LogFollower(irc, shown);
    const keepalive = new Keepalive(irc);
    let stop = () => {};

    /** Renders for all clients with the same capabilities, or for one that catches up. */
    const rendering =
      (render: Codec['message']): Codec['message'] =>
      (message, capabilities) => {
        if (!capabilities.startsWith(CATCHING_UP)) return render(message, capabilities);
        const client = irc.clients.byNumber(Number(capabilities.slice(CATCHING_UP.length)));
        return client?.catchUp?.render(message, () => render(message, client.liveCapabilities)) ?? '';
      };

    const codec: Codec = {
      name: 'irc',
      takesOver: true,
      catchesUp: true,
      renames: true,
      lineBytes: TAGS + LINE,
      subprotocols: { 'text.ircv3.net': 'text', 'binary.ircv3.net': 'binary' },
      claims: (firstLine) => FIRST_LINE.test(firstLine),
      open: (session) => new Client(session, irc),
      message: rendering((message, capabilities) => renderMessage(irc, message, capabilities)),
      // The follower of the log tells clients what happens to their channels, also while they catch up.
      entry: (entry, message, line, capabilities) =>
        rendering((_, all) => renderEntry(irc, entry, message, line, all))(message, capabilities),
    };

    function failed(err: unknown): void {
      logger.error({ event: 'store-error', err }, 'IRC clients were not told of a change: the store cannot be read');
    }

    return {
      provide: { personalData: { name: 'irc-metadata', of: (account: Account) => metadata.readable(account) } },
      codecs: [codec],
      kinds: [ownWordsKind, relayedKind, statusKind],
      hooks: {
        onAdmit: {
          guard: {
            // Before single sessions are claimed: the client takes its time.
            order: 'pre',
            filter: (session) => session.codec.name === codec.name,
            async handler(session, account) {
              const client = irc.clients.get(session);
              if (client?.registration?.authenticated(account.name)) await session.ask(REGISTRATION);
              if (!isGuest(account)) await client?.registration?.metadata.save(account);
              if (client !== undefined) await checkEarlyWords(client, account);
              await irc.channels.load(account);
              if (client?.has('draft/read-marker')) {
                await Promise.all(irc.channels.of(account).map((channel) => loadReadTime(client, account, channel)));
              }
              session.onClosed(() => {
                if (!shown.shows(account)) irc.channels.forget(account);
              });
              return undefined;
            },
          },
        },
        async onDisconnect(session) {
          const { account } = session;
          const client = irc.clients.get(session);
          if (client === undefined) return;
          irc.underway.release(client);
          irc.monitors.clear(client);
          if (account !== undefined) changingAway(irc, account, () => irc.clients.offline(client, account));
        },
        onUsername: {
          guard: {
            filter: (_session, name) => isService(name),
            async handler(_session, name) {
              return (await accounts.find(name)) === undefined ? askUsername('username', 'reserved') : undefined;
            },
          },
        },
        onCommand: {
          guard: {
            filter: (_session, { command, values }) => command === 'rename' && isService(String(values.name)),
            handler: () => refuse('taken', 'That name belongs to a service.'),
          },
        },
        async onAccountChange(account, change) {
          if (change === 'renamed') tellRenamed(irc, account);
          if (change !== 'removed') return;
          await readMarkers.forget(account);
          await metadata.forget({ kind: 'account', id: account.id });
        },
        onMessage: {
          transform: {
            // The text is final.
            order: 'post',
            filter: (message) => irc.extras.knows(message),
            handler(message) {
              irc.extras.posted(message);
              return undefined;
            },
          },
          observe: {
            filter: ({ from }) => irc.clients.of(from).some((client) => client.has('echo-message')),
            handler(message) {
              for (const client of irc.clients.of(message.from)) client.posted(message);
              return undefined;
            },
          },
        },
      },
      start() {
        stop();
        irc.census.start(presence.online());
        keepalive.start();
        tellCapabilities(irc);
        const stops = [
          presence.watch((account) => {
            irc.census.changed(account);
            irc.monitors.changed(account);
            shown.changed(account).catch(failed);
          }),
          () => keepalive.stop(),
          log.follow((entries: readonly Entry[]) => {
            for (const entry of entries) void follower.note(entry).catch(failed);
          }),
        ];
        stop = () => {
          for (const one of stops) one();
        };
        // Those who came before the plugin was switched on.
        for (const account of presence.online()) shown.changed(account).catch(failed);
      },
      dispose: () => stop(),
    };
  },
});

function newIrc(since: number): Irc {
  const parts = {
    clients: new Clients(),
    underway: new Underway(),
    pastUsers: new PastUsers(),
    extras: new MessageExtras(),
    reasons: new Map(),
    partings: new Map(),
    renamings: new Map(),
    lastWords: new Map(),
    announced: new Set(),
    since,
  };
  const irc = parts as unknown as Irc;
  return Object.assign(irc, {
    channels: new Channels(irc),
    census: new Census(irc),
    devices: new Devices(irc),
    monitors: new Monitors(irc),
  });
}
