import { EVERYONE } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import type { Readable } from '../history/read-markers.ts';
import { locate, markreadLine, parseTimestamp, TIME_FORM } from '../history/reference.ts';
import { isChannel } from '../names.ts';
import { isEveryone } from '../render/said.ts';

/** `MARKREAD`: up to when the account has read a conversation, by the IRCv3 draft `read-marker`. */
export const markreadCommands: IrcCommands = {
  MARKREAD: {
    async run(call) {
      const [target = '', given] = call.params;
      if (target === '') return call.standard('FAIL', 'NEED_MORE_PARAMS', [], 'Not enough parameters');
      const time = given === undefined ? undefined : parseTimestamp(given);
      if (given !== undefined && time === undefined) {
        return call.standard('FAIL', 'INVALID_PARAMS', [target], `Write the time as ${TIME_FORM}.`);
      }
      const what = await readableAt(call, target);
      if (what === undefined) {
        if (time === undefined) return call.line(markreadLine(target, 0));
        return call.standard('FAIL', 'INVALID_PARAMS', [target], 'There is no such target');
      }
      if (time === undefined)
        return call.line(markreadLine(target, await call.irc.readMarkers.of(call.irc, call.account, what)));
      // Whatever a client's clock says, nobody has read what is not said yet.
      await mark(call, target, what, Math.min(time, call.irc.clock.now()));
    },
  },
};

async function mark(call: Call, target: string, what: Readable, time: number): Promise<void> {
  const { irc, account, client } = call;
  const { room } = what;
  const before = await irc.readMarkers.of(irc, account, what);
  const line = markreadLine(target, Math.max(before, time));
  if (time > before) {
    const told = irc.clients.of(account).filter((other) => other.has('draft/read-marker'));
    if (room !== undefined) for (const one of told) one.readTimes.set(room, time);
    await irc.readMarkers.set(account, what, time);
    if (room !== undefined) await markEntries(call, target, room, time);
    for (const other of told) if (other !== client) other.send(line);
  }
  call.line(line);
}

/** Moves the marker that clients of all kinds share, as far as there are entries. */
async function markEntries(call: Call, target: string, room: number, time: number): Promise<void> {
  const { above } = await locate({ time }, room, call.irc.log);
  const [last] = await call.irc.log.history(room, { before: Math.min(above + 1, Number.MAX_SAFE_INTEGER), limit: 1 });
  if (last === undefined) return;
  await call.command('read', { place: isEveryone(call.irc, target) ? 'everyone' : target, id: last.id });
}

async function readableAt({ irc, account }: Call, target: string): Promise<Readable | undefined> {
  if (isEveryone(irc, target)) return { name: target, room: EVERYONE };
  if (isChannel(target)) {
    const room = await irc.rooms?.find(target, account);
    return room && { name: target, room: room.id };
  }
  const partner = await irc.accounts.find(target);
  if (partner === undefined) return undefined;
  const room = await irc.log.room([...new Set([account.id, partner.id])]);
  return { name: '', partner: partner.id, room: room?.id };
}
