import { appendContract } from './message-log/append.ts';
import { audienceContract } from './message-log/audience.ts';
import { countContract } from './message-log/count.ts';
import { deviceContract } from './message-log/devices.ts';
import { entriesContract } from './message-log/entries.ts';
import type { OpenLog } from './message-log/fixture.ts';
import { followContract } from './message-log/follow.ts';
import { gapContract } from './message-log/gaps.ts';
import { historyContract } from './message-log/history.ts';
import { keyContract } from './message-log/keys.ts';
import { modelContract } from './message-log/model.ts';
import { redactionContract } from './message-log/redaction.ts';
import { roomContract } from './message-log/rooms.ts';
import { trimContract } from './message-log/trim.ts';
import { unreadContract } from './message-log/unread.ts';

/** Defines the tests of `MessageLog`, by subject. Each subject opens a store of its own. */
export function messageLogContract(name: string, open: OpenLog): void {
  appendContract(name, open);
  audienceContract(name, open);
  followContract(name, open);
  keyContract(name, open);
  deviceContract(name, open);
  roomContract(name, open);
  unreadContract(name, open);
  historyContract(name, open);
  entriesContract(name, open);
  countContract(name, open);
  trimContract(name, open);
  redactionContract(name, open);
  gapContract(name, open);
  modelContract(name, open);
}
