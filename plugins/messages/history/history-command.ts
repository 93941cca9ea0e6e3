import {
  type Accounts,
  type CommandSpec,
  command,
  type Entry,
  findPlace,
  type Ignores,
  type MessageLog,
  param,
  placeRefusal,
  type Quotes,
  refuse,
  reply,
  type Server,
} from 'chatserv';
import { type Page, Pages } from './pages.ts';

/** The options of the command. */
interface HistoryOptions {
  readonly pageSize: number;
  readonly maxPageSize: number;
  readonly maxChanges: number;
}

/** The services that the command needs. */
interface Context {
  readonly server: Server;
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly quotes: Quotes | undefined;
  readonly ignores?: Ignores | undefined;
}

const NO_PAGE: Page = { entries: [], more: { before: false, after: false } };

/** The command that shows earlier messages. */
export function historyCommand(options: HistoryOptions, context: Context): CommandSpec {
  const { server, messageLog, ignores } = context;

  /**
   * Answers with entries oldest first: as lines with their changes, and as events. A line begins with the id of its
   * message, for commands that take one, and so cannot be taken for a new message.
   */
  function answer(room: number, { entries, more }: Page, changes: readonly Entry[]) {
    const all = [...entries, ...changes].sort((a, b) => a.id - b.id);
    const lines = all.flatMap((entry) => {
      const line = server.shown(entry)?.line;
      return line === undefined ? [] : `${entry.of ?? entry.id} ${line}`;
    });
    const events = (shown: readonly Entry[]) => shown.flatMap((entry) => server.shown(entry)?.event ?? []);
    return reply(lines, { room, entries: events(entries), changes: events(changes), more });
  }

  return command({
    name: 'history',
    summary: 'Shows earlier messages of a room or conversation, oldest first',
    params: {
      place: param.place('where'),
      count: param.integer('how many', { min: 1 }).optional(),
      side: param.choice(['before', 'after', 'around'], 'on which side of an id').optional(),
      id: param.integer('the id of a message', { min: 1 }).optional(),
    },
    async run({ account, values: { place, count = options.pageSize, side, id } }) {
      if ((side === undefined) !== (id === undefined)) return refuse('args', 'An id follows before, after or around.');
      if (count > options.maxPageSize) {
        server.countLimitHit('history-page');
        return refuse('too-many', `A page has at most ${options.maxPageSize} messages.`);
      }
      const found = await findPlace(place, account, context);
      if (found === undefined) return (await placeRefusal(place, context.accounts)) ?? answer(0, NO_PAGE, []);
      const pages = new Pages(messageLog, found, await ignores?.of(account.id));
      const page = await pages.page(count, side && id ? { side, id } : undefined);
      const changes = page.entries.length === 0 ? [] : await pages.changes(page.entries, options.maxChanges);
      const quoted = [...page.entries, ...changes].flatMap((entry) => entry.reply ?? entry.of ?? []);
      await context.quotes?.load(quoted);
      return answer(found.room.id, page, changes);
    },
  });
}
