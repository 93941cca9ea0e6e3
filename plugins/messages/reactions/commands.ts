import {
  type Account,
  type Accounts,
  type CommandSpec,
  command,
  type Entry,
  type KeyedQueue,
  lastReceived,
  type MessageLog,
  messageDeleted,
  noMessage,
  param,
  type Quotes,
  type Refusal,
  recipientsOf,
  refuse,
  reply,
  type Server,
  type Session,
} from 'chatserv';
import { reactionIn } from './emoji.ts';
import type { QuietRooms } from './quiet.ts';
import { Tally } from './tally.ts';

/** The options of the plugin. */
export interface ReactionOptions {
  readonly words: readonly string[];
  readonly maxReactions: number;
  readonly maxPerUser: number;
  readonly maxEntries: number;
  readonly maxNames: number;
}

/** What the commands use. */
export interface ReactionContext {
  readonly options: ReactionOptions;
  readonly server: Server;
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly quotes: Quotes | undefined;
  readonly quiet: QuietRooms;
  /** By message. */
  readonly queue: KeyedQueue<number>;
}

/** The kind of the entries. */
export const KIND = 'reaction';

/** What a call is about: a message, and a reaction in one form. */
interface Target {
  readonly entry: Entry;
  readonly emoji: string;
}

export function reactionCommands(context: ReactionContext): CommandSpec[] {
  const { options, server, accounts, messageLog } = context;
  const message = param.message('which message: its id, or the last one you have received');
  const reaction = param.word('an emoji', { label: 'emoji' });

  /** The message, if the account may read it. Also what other plugins let users post, such as a poll. */
  async function messageAt(id: number | 'last', session: Session, account: Account): Promise<Entry | Refusal> {
    const known = id === 'last' ? await lastReceived(session, messageLog) : id;
    const entry = known === undefined ? undefined : await messageLog.readable(account.id, known);
    if (entry?.counts !== true) return noMessage();
    return entry.redacted ? messageDeleted() : entry;
  }

  async function tallyOf({ id }: Entry): Promise<{ tally: Tally; entries: number }> {
    // Each reaction may have been taken back.
    const entries = await messageLog.changes([id], 2 * options.maxEntries, KIND);
    return { tally: new Tally(entries), entries: entries.length };
  }

  /** Why an account may not add a reaction that is not there yet, if so. */
  function limitHit({ tally, entries }: { tally: Tally; entries: number }, emoji: string, { id }: Account) {
    const isFull = (!tally.has(emoji) && tally.size >= options.maxReactions) || entries >= options.maxEntries;
    if (!isFull && tally.countOf(id) < options.maxPerUser) return undefined;
    server.countLimitHit(isFull ? 'reactions' : 'reactions-per-user');
    return refuse('too-many', isFull ? 'That message has too many reactions.' : 'You have reacted too often to that.');
  }

  /** Appends a reaction unless it is there. @returns why it is refused, if it is */
  async function add({ entry, emoji }: Target, account: Account, device: string): Promise<Refusal | undefined> {
    const found = await tallyOf(entry);
    if (found.tally.has(emoji, account.id)) return undefined;
    const refusal = limitHit(found, emoji, account);
    if (refusal !== undefined) return refusal;
    const to = await recipientsOf(entry, account, accounts);
    // As a text, so that whoever may not post may not react either.
    const post = { kind: KIND, from: account, of: entry, to, text: emoji, device, data: () => ({ emoji, on: true }) };
    const added = await server.postEntry(post);
    return 'reason' in added ? added : undefined;
  }

  /** Appends that a reaction was taken back, if it is there. Also for those who may not post any more. */
  async function takeBack({ entry, emoji }: Target, account: Account, device: string): Promise<undefined> {
    if (!(await tallyOf(entry)).tally.has(emoji, account.id)) return;
    const data = { emoji, on: false };
    await server.append({ kind: KIND, from: account, to: { room: entry.room }, of: entry.id, data, device });
  }

  function changing(
    name: string,
    summary: string,
    done: string,
    change: (target: Target, account: Account, device: string) => Promise<Refusal | undefined>,
  ): CommandSpec {
    return command({
      name,
      summary,
      params: { message, reaction },
      async run({ session, account, values }) {
        const emoji = reactionIn(values.reaction, options.words);
        if (emoji === undefined) {
          const words = options.words.length === 0 ? '' : `, or with one of: ${options.words.join(', ')}`;
          return refuse('reaction', `React with an emoji${words}.`);
        }
        const entry = await messageAt(values.message, session, account);
        if ('reason' in entry) return entry;
        const { id, room } = entry;
        await Promise.all([context.quotes?.load([id]), context.quiet.look(room)]);
        try {
          const refusal = await context.queue.run(id, () => change({ entry, emoji }, account, session.deviceName));
          return refusal ?? reply(`${done}:${id}`, { message: id, room, emoji });
        } catch (cause) {
          // The log takes no reaction to a message that was deleted meanwhile.
          if ((await messageLog.get(id))?.redacted) return messageDeleted();
          throw cause;
        }
      },
    });
  }

  return [
    changing('react', 'Reacts to a message with an emoji', 'reacted', add),
    changing('unreact', 'Takes back your reaction to a message', 'unreacted', takeBack),
    command({
      name: 'reactions',
      summary: 'Lists the reactions to a message: each with how many there are, and whose',
      params: { message },
      async run({ session, account, values }) {
        const entry = await messageAt(values.message, session, account);
        if ('reason' in entry) return entry;
        const reactions = (await tallyOf(entry)).tally.list(account.id).map(({ emoji, names, own }) => {
          return { emoji, count: names.length, own, names: names.slice(0, options.maxNames) };
        });
        const lines = reactions.map(({ emoji, count, names }) => {
          return `${emoji} ${count} ${names.join(' ')}${names.length < count ? ' ...' : ''}`;
        });
        return reply(lines, { message: entry.id, room: entry.room, reactions });
      },
    }),
  ];
}
