import {
  type Account,
  type CommandSpec,
  command,
  EVERYONE,
  findPlace,
  type Ignores,
  type IndexQuestion,
  param,
  placeRefusal,
  type Quota,
  type ReadableRoom,
  type Refusal,
  refuse,
  reply,
  type SteadyClock,
} from 'chatserv';
import { type Hit, type HitsContext, readHits, shownHits } from './hits.ts';
import { IndexFailure } from './index-failure.ts';
import type { Indexer } from './indexer.ts';
import { parseQuery, type SearchQuery } from './query.ts';
import { wordsIn } from './words.ts';

/** How long a search waits for the latest messages to be indexed, in milliseconds. */
const SETTLES = 1000;

/** The options of the command. */
export interface SearchOptions {
  readonly perMinute: number;
  readonly pageSize: number;
  readonly maxPageSize: number;
  readonly maxLength: number;
  readonly maxSearches: number;
  readonly searchTime: number;
}

/** What the command uses. */
export interface SearchContext extends HitsContext {
  readonly clock: SteadyClock;
  readonly indexer: Indexer;
  readonly quota: Quota;
  readonly ignores?: Ignores | undefined;
}

/** What to search, for the index; undefined where the account can read nothing. */
type Scope = Pick<IndexQuestion, 'rooms' | 'member' | 'sender'> | undefined;

const UNAVAILABLE = 'Search is not available now. Try again in a minute.';

/** The command that searches messages. */
export function searchCommand(options: SearchOptions, context: SearchContext): CommandSpec {
  const { accounts, messageLog, server, clock, indexer, quota } = context;
  let searches = 0;

  function limit(counter: string, reason: string, sentence: string): Refusal {
    server.countLimitHit(counter);
    return refuse(reason, sentence);
  }

  /** Why an account may not search now, if so. */
  function refusalOf(account: Account, text: string, query: SearchQuery): Refusal | undefined {
    const { maxLength, maxPageSize, maxSearches, perMinute } = options;
    if (text.length > maxLength) {
      return limit('search-length', 'too-long', `A search can have at most ${maxLength} characters.`);
    }
    if ((query.limit ?? 0) > maxPageSize) {
      return limit('search-page', 'too-many', `A page has at most ${maxPageSize} messages.`);
    }
    if (searches >= maxSearches)
      return limit('searches-waiting', 'busy', 'Too many users are searching. Try again soon.');
    const wait = quota.take(String(account.id), { most: perMinute, time: 60 }, clock.monotonic());
    if (wait === 0) return undefined;
    return limit('searches', 'rate', `You have searched ${perMinute} times within a minute. Try again in ${wait} s.`);
  }

  /** Where and whose messages an account wants to find. */
  async function scopeOf(account: Account, query: SearchQuery): Promise<Scope | Refusal> {
    const sender = query.from === undefined ? undefined : await accounts.find(query.from);
    if (query.from !== undefined && sender === undefined) return refuse('user', 'There is no such user.');
    const by = sender && { sender: sender.id };
    if (query.in === undefined) {
      const spans = await messageLog.namedSpans(account.id);
      const since = spans.get(EVERYONE)?.[0]?.since;
      const rooms = [...spans].flatMap(([room, some]) =>
        some.map(({ since, until }): ReadableRoom => [room, since, until]),
      );
      return since === undefined ? undefined : { ...by, rooms, member: { account: account.id, since } };
    }
    const place = await findPlace(query.in, account, context);
    if (place === undefined) return placeRefusal(query.in, accounts);
    return { ...by, rooms: place.spans.map(({ since, until }): ReadableRoom => [place.room.id, since, until]) };
  }

  /** Finds up to `limit` messages, the latest first. */
  async function find(account: Account, query: SearchQuery, scope: Scope, limit: number) {
    const hits: Hit[] = [];
    if (scope === undefined) return { hits };
    const { before: to, after: from, beforeId } = query;
    const phrases = query.phrases.map(wordsIn);
    const ignored = await context.ignores?.of(account.id);
    const end = clock.monotonic() + options.searchTime * 1000;
    for (let below: number | undefined = beforeId ?? Number.MAX_SAFE_INTEGER; below; ) {
      const question = { ...scope, phrases, from, to, below, limit: limit - hits.length };
      const { found, reached } = await indexer.search({ ...question, time: Math.max(0, end - clock.monotonic()) });
      const read = await readHits(found, phrases, account.id, messageLog);
      // The next search fills the page.
      hits.push(...read.filter(({ entry }) => ignored?.hides(entry) !== true));
      if (reached !== undefined && (hits.length >= limit || clock.monotonic() > end)) return { hits, reached };
      below = reached;
    }
    return { hits };
  }

  return command({
    name: 'search',
    summary: 'Finds messages, the latest first: words, "phrases", from:, in:, before:, after:',
    params: { query: param.text('what to find, such as: tea from:alice in:#lab') },
    async run({ account, values: { query: text } }) {
      const query = parseQuery(text);
      if ('kind' in query) return query;
      const refusal = refusalOf(account, text, query);
      if (refusal !== undefined) return refusal;
      const scope = await scopeOf(account, query);
      if (scope !== undefined && 'kind' in scope) return scope;
      searches++;
      try {
        await indexer.settle(SETTLES);
        const { progress, failure } = indexer;
        if (failure !== undefined) return refuse('internal', UNAVAILABLE);
        const limit = query.limit ?? options.pageSize;
        const { hits, reached } = await find(account, query, scope, limit + 1);
        const page = hits.slice(0, limit);
        const next = hits.length > limit ? page.at(-1)?.entry.id : reached;
        const { lines, hits: shown } = await shownHits(page, query.phrases, account, context);
        if (next !== undefined) lines.push(`... before:${next}`);
        if (progress < 1) lines.push(`... still indexing: ${Math.floor(progress * 100)}%`);
        return reply(lines, { hits: shown, ...(next !== undefined && { next }), complete: progress === 1 });
      } catch (error) {
        if (error instanceof IndexFailure && error.damage !== 'none') return refuse('internal', UNAVAILABLE);
        throw error;
      } finally {
        searches--;
      }
    },
  });
}
