import { randomBytes } from 'node:crypto';
import {
  type Account,
  type Accounts,
  type Archive,
  type MessageLog,
  nameKey,
  newEpoch,
  type Storage,
  type StoredAccount,
  skeletons,
  storageOver,
} from 'chatserv';
import { memoryArchive } from './archive.ts';
import { pageOf } from './by-id.ts';
import { LogInMemory } from './log.ts';
import { messageLogOf } from './message-log.ts';
import { memoryTexts } from './texts.ts';

/** The services of a store in memory. */
interface MemoryStore {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly storage: Storage;
  readonly archive: Archive;
}

/** Makes a store that lives as long as the object it returns. */
export function memoryStore(now: () => number): MemoryStore {
  const members = new Map<number, StoredAccount>();
  const byKey = new Map<string, StoredAccount>();
  const bySkeleton = new Map<string, Set<StoredAccount>>();
  const log = new LogInMemory();
  const texts = memoryTexts();
  let lastAccount = 0;
  let key: Uint8Array | undefined;

  function change(id: number, part: Partial<StoredAccount>): void {
    const member = members.get(id);
    if (member) Object.assign(member, part);
  }

  function join(member: StoredAccount): void {
    members.set(member.id, member);
    addName(member);
  }

  function addName(member: StoredAccount): void {
    byKey.set(nameKey(member.name), member);
    for (const skeleton of skeletons(member.name)) {
      const alike = bySkeleton.get(skeleton);
      if (alike === undefined) bySkeleton.set(skeleton, new Set([member]));
      else alike.add(member);
    }
  }

  function removeName(member: StoredAccount): void {
    byKey.delete(nameKey(member.name));
    for (const skeleton of skeletons(member.name)) {
      const alike = bySkeleton.get(skeleton);
      alike?.delete(member);
      if (alike?.size === 0) bySkeleton.delete(skeleton);
    }
  }

  /** @param except an account to ignore */
  function lookalike(name: string, except?: StoredAccount): StoredAccount | undefined {
    for (const skeleton of skeletons(name)) {
      for (const member of bySkeleton.get(skeleton) ?? []) if (member !== except) return member;
    }
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
        const member = { id, name, hash, created: now(), seen: 0, roles: [], epoch: newEpoch() };
        join(member);
        log.register(id, name);
        return stored(member);
      },
      setHash: async (id, hash, { rehashed = false } = {}) =>
        change(id, { hash, ...(!rehashed && { epoch: newEpoch() }) }),
      signOut: async (id) => change(id, { epoch: newEpoch() }),
      async signingKey(renew = false) {
        key = renew ? randomBytes(32) : (key ?? randomBytes(32));
        return key;
      },
      async rename(id, name, distinct = false) {
        const member = members.get(id);
        if (member === undefined || (byKey.get(nameKey(name)) ?? member) !== member) return undefined;
        if (distinct && lookalike(name, member) !== undefined) return undefined;
        removeName(member);
        change(id, { name });
        addName(member);
        log.places.rename(id, name);
        return stored(member);
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
        removeName(member);
        members.delete(id);
        log.places.remove(id);
      },
    },

    messageLog: messageLogOf(log),

    storage: storageOver(texts),

    archive: memoryArchive(
      {
        all: () => members.values(),
        get last() {
          return lastAccount;
        },
        set last(id) {
          lastAccount = id;
        },
        add: join,
      },
      log,
      texts,
    ),
  };
}

/** The last seen accounts. */
function latest(members: readonly StoredAccount[], limit: number): readonly StoredAccount[] {
  if (members.length <= limit) return members;
  // Sorting numbers is ten times as fast as sorting objects.
  const times = Float64Array.from(members, ({ seen }) => seen).sort();
  const since = times[times.length - limit] ?? Number.POSITIVE_INFINITY;
  const later = members.filter(({ seen }) => seen > since);
  return [...later, ...members.filter(({ seen }) => seen === since)].slice(0, limit);
}

function stored({ id, name, hash, created, seen, roles, epoch }: StoredAccount): StoredAccount {
  return { id, name, hash, created, seen, roles, epoch };
}
