import { randomBytes, randomInt } from 'node:crypto';
import {
  type Account,
  type Accounts,
  type Archive,
  type Log,
  likenesses,
  nameKey,
  type Storage,
  type StoredAccount,
  storageOver,
} from 'chatserv';
import { memoryLog, type Place } from './log.ts';
import { memoryTexts } from './texts.ts';

/** An account, and its place in the log. */
type Member = StoredAccount & Place;

/** Comes after the key of every text. */
const AFTER_TEXTS = '\u{10ffff}';

/** What a store in memory provides. */
interface MemoryStore {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly storage: Storage;
  readonly archive: Archive;
}

/** Accounts, log and plugins' data that live as long as the result does. */
export function memoryStore(now: () => number): MemoryStore {
  const members = new Map<number, Member>();
  const byKey = new Map<string, Member>();
  const byLikeness = new Map<string, Set<Member>>();
  const messages = memoryLog(members);
  const texts = memoryTexts();
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
        const { end } = messages;
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
          contacts: new Set<number>(),
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
      async seenSince(time, limit) {
        const found = [...members.values()].filter(({ seen }) => seen >= Math.max(time, 1));
        return latest(found, Math.max(0, limit)).map(({ id, name }): Account => ({ id, name }));
      },
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

    log: messages.log,

    storage: storageOver(texts),

    archive: {
      ends: async () => ({ account: lastAccount, message: messages.end }),
      accounts: async (after, limit) =>
        pageOf(members.values(), after, limit).map(({ named, contacts, ...member }) => ({
          ...member,
          handed: Math.max(member.cursor, member.handed),
        })),
      messages: async (after, limit) =>
        pageOf(
          messages.archived((id) => members.get(id)?.name),
          after,
          limit,
        ),
      async begin({ account, message }) {
        if (lastAccount > 0 || messages.end > 0 || texts.size > 0) return false;
        lastAccount = account;
        messages.end = message;
        return true;
      },
      async addAccounts(added) {
        for (const account of added) join({ ...account, named: [], contacts: new Set() });
      },
      async addMessages(added) {
        for (const { id, ...entry } of added) messages.keep(id, entry);
      },
      texts: (after, limit) => texts.list(after, false, AFTER_TEXTS, Math.max(0, limit)),
      addTexts: async (added) => texts.add(added),
    },
  };
}

/** Up to `limit` of what stands in the order of ids, those after the id `after`. */
function pageOf<T extends { readonly id: number }>(all: Iterable<T>, after: number, limit: number): T[] {
  return [...all].filter(({ id }) => id > after).slice(0, Math.max(0, limit));
}

/** Those of the accounts that were online latest. */
function latest(members: readonly Member[], limit: number): readonly Member[] {
  if (members.length <= limit) return members;
  // Numbers are sorted ten times as fast as what they belong to.
  const times = Float64Array.from(members, ({ seen }) => seen).sort();
  const since = times[times.length - limit] ?? Number.POSITIVE_INFINITY;
  const later = members.filter(({ seen }) => seen > since);
  return [...later, ...members.filter(({ seen }) => seen === since)].slice(0, limit);
}

function stored({ id, name, hash, created, seen, roles, epoch }: Member): StoredAccount {
  return { id, name, hash, created, seen, roles, epoch };
}

function newEpoch(): number {
  return randomInt(2 ** 48 - 1);
}
