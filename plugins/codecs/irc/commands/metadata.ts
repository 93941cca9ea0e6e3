import { isGuest } from 'chatserv';
import type { Call, IrcCommands } from '../call.ts';
import { ALL, fullBatch, syncLater } from '../metadata/lines.ts';
import {
  type MetadataAnswer,
  type MetadataSubcommand,
  SUBCOMMANDS,
  standardReply,
  subcommandOf,
} from '../metadata/subcommands.ts';
import { type MetadataOwner, NO_VALUES, type Values } from '../metadata/values.ts';
import { isChannel, nickOf } from '../names.ts';
import type { DraftMessage } from '../wire/message.ts';
import { isIn, roomOf } from './channel.ts';
import { wordsFrom } from './words.ts';

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

/** `METADATA` of users and channels, by the IRCv3 draft `metadata-3`. */
export const metadataCommands: IrcCommands = {
  METADATA: {
    async run(call) {
      const [given = '', word = '', ...params] = call.params;
      if (!call.client.isMetadataAware) return call.numeric('ERR_UNKNOWNCOMMAND', ['METADATA']);
      const subcommand = subcommandOf(word, params);
      const lines = 'run' in subcommand ? await answer(call, given, subcommand, params) : [subcommand];
      for (const line of lines) call.line(line);
    },
  },
};

async function answer(
  call: Call,
  given: string,
  subcommand: MetadataSubcommand,
  params: readonly string[],
): Promise<readonly DraftMessage[]> {
  const { about } = subcommand;
  if (given === ALL && subcommand === SUBCOMMANDS.SYNC) return fullBatch(call.client);
  const target = await targetOf(call, given);
  const isSelf = target?.owner.kind === 'account' && target.owner.id === call.account.id;
  if (target === undefined || (about === 'subscriptions' && !isSelf)) {
    return [standardReply('FAIL', 'INVALID_TARGET', [given], 'There is no such user or channel')];
  }
  if (about === 'reading' ? !target.mayRead : about === 'changing' && !target.mayChange) {
    const key = subcommand === SUBCOMMANDS.SET ? (params[0] ?? '*') : '*';
    const whose = about === 'reading' ? 'Only members see this.' : 'You cannot change this.';
    return [standardReply('FAIL', 'KEY_NO_PERMISSION', [target.name, key], whose)];
  }
  const run = (values: Values, given = params) =>
    subcommand.run({ client: call.client, target: target.name, values, params: given });
  if (about === 'subscriptions') return subscribed(call, () => run(NO_VALUES));
  if (about === 'reading') return run(await call.irc.metadata.of(target.owner)).lines;
  const wait = secondsToWait(call);
  if (wait > 0) return [tooOften(call, wait)];
  const [key = '*', value = ''] = params;
  const said = value === '' ? value : await wordsFrom(call, value);
  if (typeof said !== 'string') {
    return [standardReply('FAIL', 'KEY_NO_PERMISSION', [target.name, key], said.sentence ?? said.reason)];
  }
  return change(call, target.owner, (values) => run(values, [key, said]));
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

async function change(
  { client, irc }: Call,
  owner: MetadataOwner,
  run: (before: Values) => MetadataAnswer,
): Promise<readonly DraftMessage[]> {
  let lines: readonly DraftMessage[] = [];
  const changed = (before: Values) => {
    const answered = run(before);
    lines = answered.lines;
    return answered.after ?? before;
  };
  await irc.metadata.change(owner, changed, client);
  return lines;
}

/** Changes subscriptions. The values of new ones may be many: the client is told to ask for them. */
function subscribed({ client }: Call, run: () => MetadataAnswer): readonly DraftMessage[] {
  const before = client.subscriptions.size;
  const { lines } = run();
  return client.subscriptions.size > before ? [...lines, syncLater(client, ALL)] : lines;
}
