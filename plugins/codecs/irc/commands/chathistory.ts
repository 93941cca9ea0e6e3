import { type Entry, EVERYONE, findPlace, placeRefusal, type Room } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { HistoryReader, type Range } from '../history/reader.ts';
import {
  HISTORY_MOST,
  locate,
  parseReference,
  parseTimestamp,
  type Reference,
  TIME_FORM,
  UNKNOWN,
} from '../history/reference.ts';
import { nickOf } from '../names.ts';
import { isPlayed, playedLines } from '../playback/lines.ts';
import { batchLines } from '../render/batch-lines.ts';
import { isEveryone } from '../render/said.ts';
import type { DraftMessage } from '../wire/message.ts';

/** How many conversations are looked through for `TARGETS`, at a time and in all. */
const POSITIONS = 100;
const POSITIONS_MOST = 1000;

/** `CHATHISTORY`: what was said before, by the IRCv3 draft `chathistory`. */
export const chathistoryCommands: IrcCommands = {
  CHATHISTORY: {
    async run(call) {
      const [given = '', ...params] = call.params;
      const subcommand = given.toUpperCase();
      if (subcommand === 'TARGETS') return targets(call, params);
      if (!Object.hasOwn(RANGES, subcommand)) {
        return fail(call, 'INVALID_PARAMS', [given || '*'], 'Unknown subcommand');
      }
      await messages(call, subcommand, params);
    },
  },
};

/** How many references a subcommand takes, and the range that it means, where it is not `AROUND`. */
const RANGES: Readonly<Record<string, number>> = { BEFORE: 1, AFTER: 1, LATEST: 1, AROUND: 1, BETWEEN: 2 };

async function messages(call: Call, subcommand: string, params: readonly string[]): Promise<void> {
  const { irc, account, client } = call;
  const count = RANGES[subcommand] ?? 1;
  const [target = '', ...rest] = params;
  if (rest.length !== count + 1) return wrongCount(call, subcommand, rest.length < count + 1);
  const written = rest
    .slice(0, count)
    .map((text) => (subcommand === 'LATEST' && text === '*' ? text : parseReference(text)));
  const limit = Number(rest[count]);
  if (written.includes(undefined) || !Number.isSafeInteger(limit) || limit < 1) {
    return fail(call, 'INVALID_PARAMS', [subcommand], `Write msgid=ID or ${TIME_FORM}, and a limit of 1 or more.`);
  }
  if (written.includes(UNKNOWN)) {
    return fail(call, 'MESSAGE_ERROR', [subcommand, target, ...rest.slice(0, count)], 'There is no such message');
  }
  const services = { accounts: irc.accounts, messageLog: irc.log };
  const name = isEveryone(irc, target) ? 'everyone' : target;
  const place = await findPlace(name, account, services);
  if (place === undefined && (await placeRefusal(name, irc.accounts)) !== undefined) {
    return fail(call, 'INVALID_TARGET', [subcommand, target], 'You cannot read messages there');
  }
  if (place === undefined) return answer(call, 'chathistory', [target], []);
  const references = await Promise.all(
    written.map(async (one) => (typeof one === 'object' ? locate(one, place.room.id, irc.log) : undefined)),
  );
  const ignored = await irc.ignores?.of(account.id);
  const reader = new HistoryReader(irc.log, place, ignored, (entry) => isPlayed(client, entry));
  const entries = await read(reader, subcommand, references, Math.min(limit, HISTORY_MOST));
  const named = (await targetOf(call, place.room)) ?? target;
  answer(call, 'chathistory', [target], await playedLines(client, entries, named));
}

async function read(
  reader: HistoryReader,
  subcommand: string,
  [reference, other]: readonly (Reference | undefined)[],
  limit: number,
): Promise<Entry[]> {
  const { below = 0, above = 0 } = reference ?? {};
  const ranges: Readonly<Record<string, () => Range>> = {
    BEFORE: () => ({ before: below, limit, from: 'latest' }),
    AFTER: () => ({ after: above, limit, from: 'oldest' }),
    LATEST: () => ({ after: above, limit, from: 'latest' }),
    BETWEEN: () =>
      above < (other?.below ?? 0)
        ? { after: above, before: other?.below ?? 0, limit, from: 'oldest' }
        : { after: other?.above ?? 0, before: below, limit, from: 'latest' },
  };
  const range = ranges[subcommand];
  if (range !== undefined) return reader.read(range());
  const before = await reader.read({ before: below, limit: Math.floor(limit / 2), from: 'latest' });
  const after = await reader.read({ after: below - 1, limit: limit - Math.floor(limit / 2), from: 'oldest' });
  return [...before, ...after];
}

/** The conversations whose latest message was posted between two times, the earliest first. */
async function targets(call: Call, params: readonly string[]): Promise<void> {
  const { irc, account } = call;
  const [from = '', to = '', given = ''] = params;
  if (params.length !== 3) return wrongCount(call, 'TARGETS', params.length < 3);
  const [one, two, limit] = [parseTimestamp(from), parseTimestamp(to), Number(given)];
  if (one === undefined || two === undefined || !Number.isSafeInteger(limit) || limit < 1) {
    return fail(call, 'INVALID_PARAMS', ['TARGETS'], `Write both times as ${TIME_FORM}, and a limit of 1 or more.`);
  }
  const [after, before] = [Math.min(one, two), Math.max(one, two)];
  const found: { readonly name: string; readonly time: number }[] = [];
  let last = Number.MAX_SAFE_INTEGER;
  for (let looked = 0; looked < POSITIONS_MOST; looked += POSITIONS) {
    const page = await irc.log.positions(account.id, last, POSITIONS);
    const named = await Promise.all(page.map(({ room }) => latestIn(call, room)));
    found.push(...named.flatMap((target) => (target && target.time > after && target.time < before ? [target] : [])));
    last = page.at(-1)?.lastId ?? 0;
    if (page.length < POSITIONS) break;
  }
  const sorted = found.sort((a, b) => a.time - b.time);
  const most = Math.min(limit, HISTORY_MOST);
  // Counted from the first time, which may be the later one.
  const listed = one < two ? sorted.slice(0, most) : sorted.slice(-most);
  const lines = listed.map(({ name, time }) => {
    return { command: 'CHATHISTORY', params: ['TARGETS', name, new Date(time).toISOString()] };
  });
  answer(call, 'draft/chathistory-targets', [], lines);
}

/** A conversation as a target, and the time of its latest message; undefined if it has neither. */
async function latestIn(call: Call, id: number) {
  const { log } = call.irc;
  const [[latest], room] = await Promise.all([log.history(id, { limit: 1, counting: true }), log.room(id)]);
  const name = room && (await targetOf(call, room));
  return latest === undefined || name === undefined ? undefined : { name, time: latest.time };
}

/** A room or conversation as a target; undefined for a conversation of several, for which IRC has no name. */
async function targetOf({ irc, account }: Call, { id, kind, name, members = [] }: Room): Promise<string | undefined> {
  if (id === EVERYONE) return irc.options.everyone || undefined;
  if (kind === 'room') return `#${name}`;
  const [other = account.id, more] = members.filter((member) => member !== account.id);
  const partner = more === undefined ? await irc.accounts.get(other) : undefined;
  return partner && nickOf(partner);
}

/** Answers with lines in a batch, where the client has batches. */
function answer(call: Call, type: string, params: readonly string[], lines: readonly DraftMessage[]): void {
  for (const line of batchLines(call.client, type, params, lines)) call.line(line);
}

function wrongCount(call: Call, subcommand: string, lacksSome: boolean): void {
  fail(call, 'INVALID_PARAMS', [subcommand], lacksSome ? 'Not enough parameters' : 'Too many parameters');
}

function fail(call: Call, code: string, context: readonly string[], text: string): void {
  call.standard('FAIL', code, context, text);
}
