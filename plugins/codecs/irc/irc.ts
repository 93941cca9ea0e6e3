import type {
  Account,
  Accounts,
  Guests,
  History,
  Ignores,
  Logger,
  Markers,
  MessageLog,
  Passwords,
  Presence,
  Quota,
  Registration,
  Roles,
  Rooms,
  Server,
  SteadyClock,
} from 'chatserv';
import type { Channels } from './channels/channels.ts';
import type { Clients } from './clients.ts';
import type { ReadMarkers } from './history/read-markers.ts';
import type { MessageExtras } from './messages/extras.ts';
import type { Metadata } from './metadata/metadata.ts';
import { nickOf } from './names.ts';
import type { IrcOptions } from './options.ts';
import type { Census } from './people/census.ts';
import type { Monitors } from './people/monitors.ts';
import type { PastUsers } from './people/past-users.ts';
import type { Devices } from './registration/devices.ts';
import type { Underway } from './underway.ts';

/** The services of one generation of the plugin. */
export interface IrcServices {
  readonly options: IrcOptions;
  readonly server: Server;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly accounts: Accounts;
  readonly log: MessageLog;
  readonly presence: Presence;
  readonly rooms?: Rooms | undefined;
  readonly roles?: Roles | undefined;
  readonly history?: History | undefined;
  readonly guests?: Guests | undefined;
  readonly passwords?: Passwords | undefined;
  readonly registration?: Registration | undefined;
  /** The passwords of operators that were tried. */
  readonly operAttempts: Quota;
  /** The changes of metadata by accounts. */
  readonly metadataChanges: Quota;
  readonly ignores?: Ignores | undefined;
  readonly markers?: Markers | undefined;
  readonly readMarkers: ReadMarkers;
  readonly metadata: Metadata;
}

/** What the parts of the plugin share. It outlives a reload, as sessions do; the services in it are then replaced. */
export interface Irc extends IrcServices {
  readonly clients: Clients;
  readonly channels: Channels;
  readonly census: Census;
  readonly devices: Devices;
  readonly underway: Underway;
  readonly monitors: Monitors;
  readonly pastUsers: PastUsers;
  readonly extras: MessageExtras;
  /** Why messages were deleted, by id, until others are told. */
  readonly reasons: Map<number, string>;
  /** Why accounts leave rooms, by room and account, until others are told. */
  readonly partings: Map<string, string>;
  /** Why rooms get another name, by room, until others are told. */
  readonly renamings: Map<number, string>;
  /** What accounts said as they went, until others are told. */
  readonly lastWords: Map<number, string>;
  /** The capabilities that clients were last told of, with their values. */
  readonly announced: Set<string>;
  /** When the server began to speak IRC, in milliseconds since 1970. */
  readonly since: number;
}

/** Who sent a line: `nick!user@host`. The host says nothing about where a client is. */
export function sourceOf({ clients, options }: Irc, account: Account): string {
  const nick = nickOf(account);
  return `${nick}!${clients.userOf(account) ?? (account.id > 0 ? nick : 'server')}@${options.name}`;
}

/** Whether an account is a bot's: of the server, or by the mode of a client. */
export function isBot({ clients, presence }: Irc, account: Account): boolean {
  return presence.find(account.name)?.isBot === true || clients.of(account).some(({ modes }) => modes.has('B'));
}

/** The name of a user who is registered; undefined for a guest. */
export function accountNameOf({ guests }: Irc, { id, name }: Account): string | undefined {
  return id > 0 && !guests?.has({ id }) ? name : undefined;
}
