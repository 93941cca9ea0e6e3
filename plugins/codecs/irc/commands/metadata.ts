import { isGuest } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import type { Client } from '../client.ts';
import { ALL, accountBatch, channelBatch, fullBatch, keyLine, syncLater } from '../metadata/lines.ts';
import {
  clearedLines,
  getLines,
  isFull,
  listLines,
  standardReply,
  subscribe,
  subscriptionLines,
  tooManyKeys,
  unsubscribe,
  valueObjection,
} from '../metadata/requests.ts';
import { type MetadataOwner, NO_VALUES, type Values, withValue } from '../metadata/values.ts';
import { isChannel, nickOf } from '../names.ts';
import type { DraftMessage } from '../wire/message.ts';
import { isIn, roomOf } from './channel.ts';

/** Stands for the client itself, and for all keys. */
const SELF = '*';

/** How often an account may change metadata within a minute. Each change is stored, and told to others. */
const CHANGES = { most: 30, time: 60 };

/** What a line is about. */
interface Target {
  /** As clients call it. */
  readonly name: string;
  readonly owner: MetadataOwner;
  readonly mayRead: boolean;
  readonly mayChange: boolean;
}

/** Answers a subcommand about a target. */
type Subcommand = (
  call: Call,
  target: Target,
  params: readonly string[],
) => readonly DraftMessage[] | Promise<readonly DraftMessage[]>;

/** A subcommand, with the fewest parameters and whether it changes the target or is about the client itself. */
interface Spec {
  readonly least?: number;
  readonly about: 'reading' | 'changing' | 'subscriptions';
  readonly run: Subcommand;
}

const SUBCOMMANDS: Readonly<Record<string, Spec>> = {
  GET: {
    least: 1,
    about: 'reading',
    run: async ({ client, irc }, { name, owner }, keys) => getLines(client, name, await irc.metadata.of(owner), keys),
  },
  LIST: {
    about: 'reading',
    run: async ({ client, irc }, { name, owner }) => listLines(client, name, await irc.metadata.of(owner)),
  },
  SYNC: { about: 'reading', run: sync },
  SET: { least: 1, about: 'changing', run: set },
  CLEAR: { about: 'changing', run: clear },
  SUB: {
    least: 1,
    about: 'subscriptions',
    run: ({ client }, _, keys) => sub(client, keys),
  },
  UNSUB: { least: 1, about: 'subscriptions', run: ({ client }, _, keys) => unsubscribe(client, keys) },
  SUBS: { about: 'subscriptions', run: ({ client }) => subscriptionLines(client) },
};

/** Metadata of users and channels: the IRCv3 draft `metadata-3`. */
export const metadataCommands: IrcCommands = {
  METADATA: {
    async run(call) {
      const { client, params } = call;
      if (!client.isMetadataAware) return call.numeric('ERR_UNKNOWNCOMMAND', ['METADATA']);
      const [given = '', word = '', ...rest] = params;
      const subcommand = word.toUpperCase();
      const spec = Object.hasOwn(SUBCOMMANDS, subcommand) ? SUBCOMMANDS[subcommand] : undefined;
      if (spec === undefined || rest.length < (spec.least ?? 0)) {
        const why = spec === undefined ? 'There is no such subcommand' : 'Not enough parameters';
        return call.standard('FAIL', 'INVALID_PARAMS', [word || '*'], why);
      }
      for (const line of await answer(call, given, spec, rest)) call.line(line);
    },
  },
};

async function answer(call: Call, given: string, spec: Spec, params: readonly string[]) {
  if (given === ALL && spec === SUBCOMMANDS.SYNC) return fullBatch(call.client);
  const target = await targetOf(call, given);
  const isSelf = target?.owner.kind === 'account' && target.owner.id === call.account.id;
  if (target === undefined || (spec.about === 'subscriptions' && !isSelf)) {
    return [standardReply('FAIL', 'INVALID_TARGET', [given], 'There is no such user or channel')];
  }
  if (spec.about === 'reading' ? target.mayRead : spec.about === 'subscriptions' || target.mayChange) {
    const wait = spec.about === 'changing' ? secondsToWait(call) : 0;
    return wait === 0 ? spec.run(call, target, params) : [tooOften(call, wait)];
  }
  const key = spec === SUBCOMMANDS.SET ? (params[0] ?? '*') : '*';
  const whose = spec.about === 'reading' ? 'Only members see this.' : 'You cannot change this.';
  return [standardReply('FAIL', 'KEY_NO_PERMISSION', [target.name, key], whose)];
}

/** Counts a change. @returns in how many seconds it may be made; 0 if it may be now */
function secondsToWait({ irc, account }: Call): number {
  const wait = irc.metadataChanges.take(String(account.id), CHANGES, irc.clock.monotonic());
  if (wait > 0) irc.server.countLimitHit('irc-metadata');
  return wait;
}

/** Tells the client to send the line again later. */
function tooOften({ client, params }: Call, seconds: number): DraftMessage {
  return client.numericLine('ERR_METADATARATELIMIT', [String(seconds), ...params]);
}

/** Finds a user or a channel; undefined if there is none that the client knows of. */
async function targetOf(call: Call, given: string): Promise<Target | undefined> {
  const { irc, account } = call;
  if (isChannel(given)) {
    const room = await roomOf(call, given);
    if (room === undefined || irc.rooms === undefined) return undefined;
    const isOpen = room.access === 'public' && room.key === '';
    return {
      name: `#${room.name}`,
      owner: { kind: 'room', id: room.id },
      // Whoever may join a channel may see its metadata.
      mayRead: isOpen || (await isIn(irc, room, account)),
      mayChange: await irc.rooms.allows(room.id, account, 'moderator'),
    };
  }
  const user = given === SELF ? account : (irc.presence.find(given) ?? (await irc.accounts.find(given)));
  if (user === undefined) return undefined;
  // Nothing is stored for a guest without an account.
  const mayChange = user.id === account.id && !isGuest(user);
  return { name: nickOf(user), owner: { kind: 'account', id: user.id }, mayRead: true, mayChange };
}

async function set({ client, irc }: Call, { name, owner }: Target, [key = '', value = '']: readonly string[]) {
  const objection = valueObjection(client, key, value);
  if (objection !== undefined) return [objection];
  let isRefused = false;
  const change = (before: Values) => {
    isRefused = value !== '' && isFull(client, before, key);
    return isRefused ? before : withValue(before, key, value);
  };
  const after = await irc.metadata.change(owner, change, client);
  return [isRefused ? tooManyKeys(client, name) : keyLine(client, name, key, after.get(key))];
}

async function clear({ client, irc }: Call, { name, owner }: Target) {
  let cleared = NO_VALUES;
  const change = (before: Values) => {
    cleared = before;
    return NO_VALUES;
  };
  await irc.metadata.change(owner, change, client);
  return clearedLines(client, name, cleared);
}

function sub(client: Client, keys: readonly string[]) {
  const before = client.subscriptions.size;
  const lines = subscribe(client, keys);
  // The values may be many: the client asks for them.
  return client.subscriptions.size > before ? [...lines, syncLater(client, ALL)] : lines;
}

async function sync({ client, irc }: Call, { owner, name }: Target) {
  if (owner.kind === 'account') return accountBatch(client, { id: owner.id, name });
  const channel = irc.channels.get(owner.id);
  if (channel !== undefined) return channelBatch(client, channel);
  const values = await irc.metadata.of(owner);
  return getLines(
    client,
    name,
    values,
    [...client.subscriptions].filter((key) => values.has(key)),
  );
}
