import { randomBytes, randomInt } from 'node:crypto';
import {
  type Account,
  Accounts,
  Archive,
  type ArchivedMessage,
  Blocks,
  type Duplicate,
  definePlugin,
  type Entry,
  Log,
  likenesses,
  type NewEntry,
  nameKey,
  type StoredAccount,
} from 'chatserv';

export default definePlugin({
  name: 'memory',
  summary: 'Keeps accounts, messages and blocks in memory, and loses them when the server ends',
  provides: { accounts: Accounts, log: Log, blocks: Blocks, archive: Archive },
  setup: ({ clock, keep }) => ({ provide: keep('store', () => memoryStore(() => clock.now())) }),
});

/** An account, and what of the log it has been given and waits for it alone. */
interface Member extends StoredAccount {
  /** The log's end when it was made. */
  readonly since: number;
  cursor: number;
  handed: number;
  /** The ids of the messages that name it. */
  readonly named: number[];
}

/** A message as it is kept, with what it takes to know whom it is for. */
interface Kept extends Entry {
  /** The accounts it names; of a message to everyone none. */
  readonly named: ReadonlySet<number>;
}

/** A message that its sender gave a key, remembered whether or not anybody still waits for it. */
interface Keyed extends Duplicate {
  readonly sender: number;
  readonly key: string;
  readonly time: number;
}

/** Up to so many accounts are each told the id of a message to them; more are a crowd. */
const NAMED_MOST = 32;

/** What a store in memory provides. */
interface MemoryStore {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly blocks: Blocks;
  readonly archive: Archive;
}

/** Accounts, log and blocks that live as long as the result does. */
export function memoryStore(now: () => number): MemoryStore {
  const members = new Map<number, Member>();
  const byKey = new Map<string, Member>();
  const byLikeness = new Map<string, Set<Member>>();
  /** The messages that are not forgotten, oldest first. */
  const entries = new Map<number, Kept>();
  /** What was said under a key, oldest first. */
  const keyed = new Map<string, Keyed>();
  /** The ids of those to everyone or to a crowd. */
  let wide: number[] = [];
  let lastId = 0;
  const blocks = new Map<string, number>();
  let lastAccount = 0;
  let key: Uint8Array | undefined;

  function change(id: number, part: Partial<Member>): void {
    const member = members.get(id);
    if (member) Object.assign(member, part);
  }

  function join(member: Member): void {
    byKey.set(nameKey(member.name), member);
    members.set(member.id, member);
    for (const likeness of likenesses(member.name)) {
      const alike = byLikeness.get(likeness);
      if (alike === undefined) byLikeness.set(likeness, new Set([member]));
      else alike.add(member);
    }
  }

  function lookalike(name: string): Member | undefined {
    for (const likeness of likenesses(name)) for (const member of byLikeness.get(likeness) ?? []) return member;
    return undefined;
  }

  function keep(id: number, { sender, from, audience, text, time, key, unknown = [] }: NewEntry): void {
    if (key !== undefined)
      keyed.set(ownKey(sender, key), { duplicateOf: id, unknown: [...unknown], sender, key, time });
    const everyone = audience === 'everyone';
    const named = new Set(everyone ? [] : audience);
    entries.set(id, { id, sender, from, everyone, text, time, named });
    if (everyone || named.size > NAMED_MOST) wide.push(id);
    else for (const account of named) members.get(account)?.named.push(id);
  }

  function said(sender: number, key: string): Duplicate | undefined {
    const before = keyed.get(ownKey(sender, key));
    return before && { duplicateOf: before.duplicateOf, unknown: before.unknown };
  }

  return {
    accounts: {
      ephemeral: true,
      async get(id) {
        const member = members.get(id);
        return member && stored(member);
      },
      async find(name) {
        const member = byKey.get(nameKey(name));
        return member && stored(member);
      },
      async lookalike(name) {
        const member = lookalike(name);
        return member && stored(member);
      },
      async create(name, hash, distinct = false) {
        if (byKey.has(nameKey(name)) || (distinct && lookalike(name) !== undefined)) return undefined;
        const id = ++lastAccount;
        const end = lastId;
        const member = {
          id,
          name,
          hash,
          created: now(),
          seen: 0,
          roles: [],
          epoch: newEpoch(),
          since: end,
          cursor: end,
          handed: end,
          named: [],
        };
        join(member);
        return stored(member);
      },
      setHash: async (id, hash, { rehashed = false } = {}) =>
        change(id, { hash, ...(!rehashed && { epoch: newEpoch() }) }),
      signOut: async (id) => change(id, { epoch: newEpoch() }),
      async signingKey(renew = false) {
        key = renew ? randomBytes(32) : (key ?? randomBytes(32));
        return key;
      },
      setRoles: async (id, roles) => change(id, { roles: [...roles] }),
      setSeen: async (id, seen) => change(id, { seen }),
      seenSince: async (time, limit) =>
        [...members.values()]
          .filter(({ seen }) => seen >= Math.max(time, 1))
          .sort((a, b) => b.seen - a.seen)
          .slice(0, Math.max(0, limit))
          .map(({ id, name }): Account => ({ id, name })),
      list: async (after, limit) => pageOf(members.values(), after, limit).map(stored),
      async remove(id) {
        const member = members.get(id);
        if (member === undefined) return;
        byKey.delete(nameKey(member.name));
        for (const likeness of likenesses(member.name)) {
          const alike = byLikeness.get(likeness);
          alike?.delete(member);
          if (alike?.size === 0) byLikeness.delete(likeness);
        }
        members.delete(id);
      },
    },

    log: {
      async append(entry) {
        const before = entry.key === undefined ? undefined : said(entry.sender, entry.key);
        if (before !== undefined) return before;
        keep(++lastId, entry);
        return lastId;
      },
      find: async (sender, key) => said(sender, key),
      async read(account, after, limit) {
        const member = members.get(account);
        if (!member) return [];
        const start = Math.max(after, member.since);
        const { named } = member;
        const found: Entry[] = [];
        let n = firstAbove(start, named);
        let w = firstAbove(start, wide);
        while (found.length < limit) {
          const own = named[n] ?? Number.POSITIVE_INFINITY;
          const next = wide[w] ?? Number.POSITIVE_INFINITY;
          if (own === next) break;
          if (own < next) n++;
          else w++;
          const kept = entries.get(Math.min(own, next));
          if (kept !== undefined && isFor(kept, account)) found.push(entryOf(kept));
        }
        return found;
      },
      async count(account, sender, after, most) {
        const { named = [] } = members.get(account) ?? {};
        const counted = { all: 0, own: 0 };
        for (let n = firstAbove(after, named); n < named.length && counted.all < most; n++) {
          const entry = entries.get(named[n] ?? 0);
          if (entry === undefined) continue;
          counted.all++;
          if (entry.sender === sender) counted.own++;
        }
        return counted;
      },
      async cursor(account) {
        const { cursor = 0, handed = 0 } = members.get(account) ?? {};
        return { id: cursor, handed: Math.max(cursor, handed) };
      },
      async moveCursors(moves) {
        for (const [account, id, handed] of moves) {
          const member = members.get(account);
          if (member === undefined) continue;
          change(account, { cursor: Math.max(id, member.cursor), handed: Math.max(handed, member.handed) });
        }
      },
      async trim({ before, most, keysSince }) {
        const over = [...entries.keys()].at(-1 - most) ?? 0;
        for (const kept of entries.values()) {
          const { id, time } = kept;
          const waits = (member: Member) => member.cursor < id && member.since < id && isFor(kept, member.id);
          if (id > over && time >= before && [...members.values()].some(waits)) continue;
          entries.delete(id);
        }
        for (const [key, { duplicateOf, time }] of keyed) {
          if (duplicateOf <= lastId - most || time < keysSince) keyed.delete(key);
        }
        wide = wide.filter((id) => entries.has(id));
        for (const member of members.values()) {
          const left = member.named.filter((id) => entries.has(id) && id > member.cursor);
          member.named.splice(0, member.named.length, ...left);
        }
        return false;
      },
    },

    blocks: {
      async find(user, network, now) {
        const until = blocks.get(JSON.stringify([user, network])) ?? 0;
        return until > now ? until : 0;
      },
      async add(user, network, until, now) {
        for (const [pair, ended] of blocks) if (ended <= now) blocks.delete(pair);
        blocks.set(JSON.stringify([user, network]), until);
      },
      async remove(user, network) {
        blocks.delete(JSON.stringify([user, network]));
      },
      async list(user) {
        const all = [...blocks].map(([pair, until]) => ({ pair: JSON.parse(pair) as [string, string], until }));
        return all.filter(({ pair }) => pair[0] === user).map(({ pair, until }) => ({ network: pair[1], until }));
      },
    },

    archive: {
      ends: async () => ({ account: lastAccount, message: lastId }),
      accounts: async (after, limit) =>
        pageOf(members.values(), after, limit).map(({ named, ...member }) => ({
          ...member,
          handed: Math.max(member.cursor, member.handed),
        })),
      async messages(after, limit) {
        const keys = new Map([...keyed.values()].map((said) => [said.duplicateOf, said]));
        const kept = [...entries.values()].map(({ everyone, named, ...entry }): ArchivedMessage => {
          const { key, unknown = [] } = keys.get(entry.id) ?? {};
          keys.delete(entry.id);
          return {
            ...entry,
            audience: everyone ? 'everyone' : [...named].sort((a, b) => a - b),
            ...(key !== undefined && { key }),
            ...(unknown.length > 0 && { unknown }),
          };
        });
        // A key outlives its message: such a message is archived without text, for nobody.
        const gone = [...keys.values()].flatMap(
          ({ duplicateOf: id, sender, key, unknown, time }): ArchivedMessage[] => {
            const from = members.get(sender)?.name;
            if (from === undefined) return [];
            const entry = { id, sender, from, audience: [], text: '', time, key };
            return [unknown.length > 0 ? { ...entry, unknown } : entry];
          },
        );
        return pageOf(
          [...kept, ...gone].sort((a, b) => a.id - b.id),
          after,
          limit,
        );
      },
      async begin({ account, message }) {
        if (lastAccount > 0 || lastId > 0) return false;
        lastAccount = account;
        lastId = message;
        return true;
      },
      async addAccounts(added) {
        for (const account of added) join({ ...account, named: [] });
      },
      async addMessages(added) {
        for (const { id, ...entry } of added) keep(id, entry);
      },
    },
  };
}

/** Up to `limit` of what stands in the order of ids, those after the id `after`. */
function pageOf<T extends { readonly id: number }>(all: Iterable<T>, after: number, limit: number): T[] {
  return [...all].filter(({ id }) => id > after).slice(0, Math.max(0, limit));
}

function stored({ id, name, hash, created, seen, roles, epoch }: Member): StoredAccount {
  return { id, name, hash, created, seen, roles, epoch };
}

function newEpoch(): number {
  return randomInt(2 ** 48 - 1);
}

function isFor({ everyone, sender, named }: Kept, account: number): boolean {
  return everyone ? sender !== account : named.has(account);
}

function entryOf({ id, sender, from, everyone, text, time }: Kept): Entry {
  return { id, sender, from, everyone, text, time };
}

/** What the keys of all senders are told apart by. */
function ownKey(sender: number, key: string): string {
  return `${sender} ${key}`;
}

/** Where in rising ids the first one above `start` stands. */
function firstAbove(start: number, ids: readonly number[]): number {
  let low = 0;
  let high = ids.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ids[middle] ?? 0) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}
