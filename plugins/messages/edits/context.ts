import type { Accounts, Clock, Entry, MessageLog, Roles, Rooms, Server } from 'chatserv';
import type { LastMessages } from './last-messages.ts';

/** The options of the plugin. Times are in seconds. */
export interface EditOptions {
  readonly editTime: number | 'none';
  readonly deleteTime: number | 'none';
  readonly deleteOthers: boolean;
  readonly maxEdits: number;
  readonly maxLength: number;
}

/** What the commands use. */
export interface EditContext {
  readonly options: EditOptions;
  readonly server: Server;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly rooms: Rooms | undefined;
  readonly roles: Roles | undefined;
  readonly last: LastMessages;
}

/** Whether a message was posted longer ago than a number of seconds. */
export function isOlder({ time }: Entry, seconds: number | 'none', clock: Clock): boolean {
  return seconds !== 'none' && clock.now() - time > seconds * 1000;
}
