import { type Account, type Accounts, EVERYONE, nameRooms, type PersonalData } from 'chatserv';
import { messagesOf, type Source } from './messages.ts';
import type { AccountRecord, ExportRecord } from './records.ts';

/** The services that an account's export needs. */
export interface OwnDataSource extends Source {
  readonly accounts: Accounts;
  readonly personalData: readonly PersonalData[];
}

/** Everything about an account: its settings, its rooms and conversations, and all messages that it may read there. */
export async function* ownData(account: Account, upTo: number, source: OwnDataSource): AsyncGenerator<ExportRecord> {
  const { messageLog } = source;
  const about = await accountRecord(account, source);
  if (about === undefined) return;
  yield about;
  const [named, direct] = await Promise.all([
    messageLog.namedSpans(account.id),
    messageLog.roomsOf(account.id, 'direct'),
  ]);
  for (const id of new Set([EVERYONE, ...named.keys(), ...direct.map((room) => room.id)])) {
    const [room] = await nameRooms([id], account.id, source);
    const spans = named.get(id) ?? (await messageLog.spans(account.id, id));
    if (room === undefined || spans.length === 0) continue;
    const role = (await messageLog.member(id, account.id))?.role;
    yield { type: 'room', ...room, ...(role !== undefined && { role: role || 'member' }) };
    yield* messagesOf(id, spans, upTo, source);
  }
}

async function accountRecord(
  account: Account,
  { accounts, messageLog, personalData }: OwnDataSource,
): Promise<AccountRecord | undefined> {
  const [stored, devices, settings] = await Promise.all([
    accounts.get(account.id),
    messageLog.devices(account.id),
    Promise.all(personalData.map(async (one) => [one.name, await one.of(account)] as const)),
  ]);
  return (
    stored && {
      type: 'account',
      name: stored.name,
      registered: timeOf(stored.created),
      ...(stored.seen > 0 && { lastOnline: timeOf(stored.seen) }),
      roles: stored.roles,
      devices: devices.map(({ name, seen }) => ({ name: name || 'default', ...(seen > 0 && { seen: timeOf(seen) }) })),
      settings: Object.fromEntries(settings.filter(([, value]) => value !== undefined)),
    }
  );
}

function timeOf(time: number): string {
  return new Date(time).toISOString();
}
