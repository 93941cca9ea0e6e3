import { randomBytes, randomInt } from 'node:crypto';
import {
  Accounts,
  byCodePoint,
  type Duplicate,
  definePlugin,
  type Entry,
  Log,
  likenesses,
  type NewEntry,
  nameKey,
  Storage,
  type StoredAccount,
  type StoredText,
  storageOver,
} from 'chatserv';

export default definePlugin({
  name: 'example',
  summary: "Keeps accounts, messages and plugins' data in memory, and loses them when the server ends",
  provides: { accounts: Accounts, log: Log, storage: Storage },
  // A reload must not lose it. What has files or connections is closed by the third argument of `keep`.
  setup: ({ clock, keep }) => ({ provide: keep('store', () => openStore(() => clock.now())) }),
});

/** What the plugin provides. */
export interface Store {
  readonly accounts: Accounts;
  readonly log: Log;
  readonly storage: Storage;
}

/** An account with its place in the log. */
interface Member extends StoredAccount {
  /** The log's end when it was made: what was said before is not for it. */
  readonly since: number;
  readonly cursor: number;
  readonly handed: number;
}

/** A message with its place in the log. */
interface Kept extends NewEntry {
  readonly id: number;
}

/**
 * A store with no thought for speed: it looks through everything it has. What each call promises stands at `Accounts`,
 * `Log` and `TextStore`, and is tested by `storeContract`.
 */
export function openStore(now: () => number): Store {
  const members = new Map<number, Member>();
  const entries = new Map<number, Kept>();
  const texts = new Map<string, string>();
  let lastAccount = 0;
  let lastEntry = 0;
  let key: Uint8Array | undefined;

  const named = (name: string) => [...members.values()].find((member) => nameKey(member.name) === nameKey(name));
  const alike = (name: string) => {
    const wanted = likenesses(name);
    return [...members.values()].find((member) => likenesses(member.name).some((one) => wanted.includes(one)));
  };
  const change = (id: number, part: Partial<Member>) => {
    const member = members.get(id);
    if (member !== undefined) members.set(id, { ...member, ...part });
  };
  const after = (id: number) => [...entries.values()].filter((entry) => entry.id > id);
  const said = (sender: number, key: string | undefined): Duplicate | undefined => {
    if (key === undefined) return undefined;
    const before = after(0).find((entry) => entry.sender === sender && entry.key === key);
    return before && { duplicateOf: before.id, unknown: before.unknown ?? [] };
  };

  const write = (key: string, text: string | undefined) => {
    if (text === undefined) texts.delete(key);
    else texts.set(key, text);
  };

  return {
    accounts: {
      // Leave this out when it keeps things where they outlive the process.
      ephemeral: true,
      get: async (id) => accountOf(members.get(id)),
      find: async (name) => accountOf(named(name)),
      lookalike: async (name) => accountOf(alike(name)),
      async create(name, hash, distinct = false) {
        if (named(name) !== undefined || (distinct && alike(name) !== undefined)) return undefined;
        const place = { since: lastEntry, cursor: lastEntry, handed: lastEntry };
        const member = {
          id: ++lastAccount,
          name,
          hash,
          created: now(),
          seen: 0,
          roles: [],
          epoch: newEpoch(),
          ...place,
        };
        members.set(member.id, member);
        return accountOf(member);
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
          .filter(({ seen }) => seen > 0 && seen >= time)
          .sort((a, b) => b.seen - a.seen)
          .slice(0, Math.max(0, limit))
          .map(({ id, name }) => ({ id, name })),
      list: async (id, limit) =>
        [...members.values()]
          .filter((member) => member.id > id)
          .slice(0, Math.max(0, limit))
          .map((member) => accountOf(member)),
      remove: async (id) => void members.delete(id),
    },

    log: {
      async append(entry) {
        const before = said(entry.sender, entry.key);
        if (before !== undefined) return before;
        entries.set(++lastEntry, { ...entry, id: lastEntry });
        return lastEntry;
      },
      find: async (sender, key) => said(sender, key),
      async read(account, id, limit) {
        const member = members.get(account);
        if (member === undefined) return [];
        const found = after(id).filter((entry) => isFor(entry, member));
        return found.slice(0, Math.max(0, limit)).map(entryOf);
      },
      async count(account, sender, id, most) {
        const member = members.get(account);
        if (member === undefined) return { all: 0, own: 0 };
        const found = after(id).filter((entry) => entry.audience !== 'everyone' && isFor(entry, member));
        const counted = found.slice(0, Math.max(0, most));
        return { all: counted.length, own: counted.filter((entry) => entry.sender === sender).length };
      },
      async cursor(account) {
        const { cursor = 0, handed = 0 } = members.get(account) ?? {};
        return { id: cursor, handed: Math.max(cursor, handed) };
      },
      async moveCursors(moves) {
        for (const [account, id, given] of moves) {
          const { cursor = 0, handed = 0 } = members.get(account) ?? {};
          change(account, { cursor: Math.max(cursor, id), handed: Math.max(handed, given) });
        }
      },
      async trim({ before, most, keysSince }) {
        const over = [...entries.keys()].at(-1 - most) ?? 0;
        for (const entry of entries.values()) {
          const waits = [...members.values()].some((member) => member.cursor < entry.id && isFor(entry, member));
          const isWanted = waits || (entry.key !== undefined && entry.time >= keysSince);
          if (!isWanted || entry.id <= over || entry.time < before) entries.delete(entry.id);
          // What stays for its key only is for nobody any more.
          else if (!waits) entries.set(entry.id, { ...entry, audience: [] });
        }
        return false;
      },
    },

    storage: storageOver({
      read: async (key) => texts.get(key),
      write: async (key, text) => write(key, text),
      async replace(key, old, text) {
        if (texts.get(key) !== old) return false;
        write(key, text);
        return true;
      },
      async list(start, inclusive, end, limit) {
        const isIn = ([key]: StoredText) =>
          (inclusive ? byCodePoint(key, start) >= 0 : byCodePoint(key, start) > 0) && byCodePoint(key, end) < 0;
        return [...texts]
          .filter(isIn)
          .sort(([a], [b]) => byCodePoint(a, b))
          .slice(0, limit);
      },
    }),
  };
}

/** A member as others see it. */
function accountOf(member: Member): StoredAccount;
function accountOf(member: Member | undefined): StoredAccount | undefined;
function accountOf(member: Member | undefined): StoredAccount | undefined {
  if (member === undefined) return undefined;
  const { since, cursor, handed, ...account } = member;
  return account;
}

/** Another one than any that there was, also in a copy of the store that is put back. */
function newEpoch(): number {
  return randomInt(2 ** 48 - 1);
}

function entryOf({ id, sender, from, audience, text, time }: Kept): Entry {
  return { id, sender, from, everyone: audience === 'everyone', text, time };
}

function isFor({ id, sender, audience }: Kept, member: Member): boolean {
  if (id <= member.since) return false;
  return audience === 'everyone' ? sender !== member.id : audience.includes(member.id);
}
