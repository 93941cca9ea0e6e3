import type { Account, Accounts, RoomInfo } from 'chatserv';
import { messagesOf, type Source } from './messages.ts';
import type { ExportRecord, MemberRecord } from './records.ts';

/** How many members are read at a time. */
const PAGE = 500;

/** The services that a room's export needs. */
export interface RoomDataSource extends Source {
  readonly accounts: Accounts;
}

/** A room with its settings and members, and the messages in it that an account may read. */
export async function* roomData(
  { id, name, topic, access, posting, topics, slow, limit, archived }: RoomInfo,
  reader: Account,
  upTo: number,
  source: RoomDataSource,
): AsyncGenerator<ExportRecord> {
  const settings = { topic, access, posting, topics, slow, limit, archived };
  yield { type: 'room', room: id, kind: 'room', roomName: `#${name}`, ...settings };
  yield* membersOf(id, source);
  yield* messagesOf(id, await source.messageLog.spans(reader.id, id), upTo, source);
}

async function* membersOf(room: number, { messageLog, accounts }: RoomDataSource): AsyncGenerator<MemberRecord> {
  for (let after = 0; ; ) {
    const page = await messageLog.members(room, after, PAGE);
    // In parallel, so that the store answers them in one batch.
    const found = await Promise.all(page.map(({ account }) => accounts.get(account)));
    for (const [index, { role }] of page.entries()) {
      const member = found[index];
      if (member !== undefined) yield { type: 'member', name: member.name, role: role || 'member' };
    }
    const last = page.at(-1);
    if (last === undefined) return;
    after = last.account;
  }
}
