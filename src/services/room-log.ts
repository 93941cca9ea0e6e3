import type { Account } from '../api/account.ts';
import { token } from './service.ts';

/**
 * Something that a moderator did in a room and that no entry of the log tells: a message was approved or rejected, by its
 * number and its sender's account id; or a report was resolved, by the id of its message.
 */
export type RoomAct =
  | { readonly change: 'approved' | 'rejected'; readonly account: number; readonly number: number }
  | { readonly change: 'resolved'; readonly id: number };

/** The log of what moderators did in rooms. The plugin `room-log` provides it. */
export interface RoomLog {
  /** Notes an act. Durable when it resolves. Changes that entries of the log tell are noted by themselves. */
  note(room: number, by: Pick<Account, 'id'>, act: RoomAct): Promise<void>;
}

export const RoomLog = token<RoomLog>('room-log');
