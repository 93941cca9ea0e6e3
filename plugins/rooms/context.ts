import {
  type Account,
  type Accounts,
  type KeyedQueue,
  type Logger,
  type MessageLog,
  nameKey,
  type OtherServers,
  type Refusal,
  type Roles,
  type RoomChange,
  refuse,
  type Server,
  type SteadyClock,
} from 'chatserv';
import type { Directory } from './directory.ts';
import type { KnownRoom } from './facts.ts';
import type { Memberships } from './memberships.ts';
import type { Moderators } from './moderators.ts';
import type { DeclaredRoom, RoomsOptions } from './options.ts';
import type { RoomBlocks } from './room-blocks.ts';
import type { SlowMode } from './slow-mode.ts';

/** Stands for the server where a change was made by no user. */
export const SERVER: Account = { id: 0, name: '*server*' };

/** What the parts of the plugin share. */
export interface RoomContext {
  readonly options: RoomsOptions;
  readonly accounts: Accounts;
  readonly log: MessageLog;
  readonly roles: Roles | undefined;
  readonly otherServers: OtherServers | undefined;
  readonly server: Server;
  readonly clock: SteadyClock;
  readonly logger: Logger;
  readonly directory: Directory;
  readonly memberships: Memberships;
  readonly moderators: Moderators;
  readonly bans: RoomBlocks;
  readonly mutes: RoomBlocks;
  readonly invitations: RoomBlocks;
  readonly slowMode: SlowMode;
  /** Runs the changes of one room one after the other, and those of names under the key 0. */
  readonly queue: KeyedQueue<number>;
  /** The rooms that the config declares, by the keys of their names. */
  readonly declared: ReadonlyMap<string, DeclaredRoom>;
}

/** A room's declaration in the config, if there is one. */
export function declarationOf({ declared }: RoomContext, { name }: KnownRoom): DeclaredRoom | undefined {
  return declared.get(nameKey(name));
}

/** Refuses a request beyond a limit, and counts it. */
export function limit({ server }: RoomContext, counter: string, reason: string, sentence: string): Refusal {
  server.countLimitHit(counter);
  return refuse(reason, sentence);
}

/**
 * Tells the members of a room, and other processes, what has changed. Call it once the change is durable. It goes to the
 * log directly, because rooms are declared before the plugin is live.
 */
export async function tell({ log, clock }: RoomContext, room: number, by: Account, change: RoomChange): Promise<void> {
  const about = { kind: 'room', version: 1, counts: false, device: '', toSender: false };
  const body = JSON.stringify(change);
  await log.append([{ ...about, to: { room }, sender: by.id, from: by.name, body, time: clock.now() }]);
}

/**
 * Changes facts of a room, leaving alone those of other plugins. Within `queue`.
 * @returns the room as it is now; undefined if it does not exist any more
 */
export async function writeFacts(
  { log, directory }: RoomContext,
  id: number,
  changes: Partial<KnownRoom> | Readonly<Record<string, unknown>>,
): Promise<KnownRoom | undefined> {
  const room = await log.room(id);
  if (room === undefined) return undefined;
  await log.setFacts(id, { ...room.facts, ...changes });
  return directory.refresh(id);
}
