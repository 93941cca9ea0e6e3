import type { RoomInfo, RoomNameRule } from 'chatserv';
import type { Call } from '../call.ts';
import { LISTS, maskOf } from '../modes/masks.ts';
import { nickOf } from '../names.ts';
import type { Numeric } from '../wire/numerics.ts';

/** The numerics of a list: an entry, and the end. */
const NUMERICS: Readonly<Record<string, readonly [entry: Numeric, end: Numeric]>> = {
  b: ['RPL_BANLIST', 'RPL_ENDOFBANLIST'],
  e: ['RPL_EXCEPTLIST', 'RPL_ENDOFEXCEPTLIST'],
  I: ['RPL_INVEXLIST', 'RPL_ENDOFINVEXLIST'],
};

/**
 * Adds a list of masks to the answer. Whoever may not see which users are banned is told the rules about names only.
 * @param letter of the mode that is the list
 */
export async function showList(call: Call, room: RoomInfo, letter: string): Promise<void> {
  const { irc } = call;
  const [entry, end] = NUMERICS[letter] ?? ['RPL_BANLIST', 'RPL_ENDOFBANLIST'];
  const name = `#${room.name}`;
  const now = irc.clock.now();
  for (const rule of room.names) {
    if (!LISTS[letter]?.includes(rule.list) || (rule.until ?? Number.POSITIVE_INFINITY) <= now) continue;
    const time = String(Math.floor(rule.time / 1000));
    call.numeric(entry, [name, maskOf(rule), await makerOf(call, rule), time]);
  }
  if (letter === 'b') {
    const banned = await call.command('room-bans', { room: name });
    const users = banned.kind === 'answer' ? (banned.facts?.users as readonly string[]) : [];
    for (const user of users) call.numeric(entry, [name, maskOf({ list: 'banned', pattern: nickOf({ name: user }) })]);
  }
  call.numeric(end, [name]);
}

async function makerOf({ irc }: Call, { by }: RoomNameRule): Promise<string> {
  const maker = by === 0 ? undefined : await irc.accounts.get(by);
  return maker === undefined ? irc.options.name : nickOf(maker);
}
