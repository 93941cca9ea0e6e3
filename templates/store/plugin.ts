import { randomBytes, randomInt } from 'node:crypto';
import {
  Accounts,
  byCodePoint,
  definePlugin,
  likenesses,
  MessageLog,
  nameKey,
  Storage,
  type StoredAccount,
  type StoredText,
  storageOver,
} from 'chatserv';
import { openLog, type Place } from './message-log.ts';

export default definePlugin({
  name: 'example',
  summary: "Keeps accounts, messages and plugins' data in memory, and loses them when the server ends",
  provides: { accounts: Accounts, messageLog: MessageLog, storage: Storage },
  // A reload must not lose it. What has files or connections is closed by the third argument of `keep`.
  setup: ({ clock, keep }) => ({ provide: keep('store', () => openStore(() => clock.now())) }),
});

/** What the plugin provides. */
export interface Store {
  readonly accounts: Accounts;
  readonly messageLog: MessageLog;
  readonly storage: Storage;
}

/**
 * A store with no thought for speed: it looks through everything it has. What each call promises stands at `Accounts`,
 * `MessageLog` and `TextStore`, and is tested by `storeContract`.
 */
export function openStore(now: () => number): Store {
  const members = new Map<number, StoredAccount>();
  const places = new Map<number, Place>();
  const log = openLog(places);
  const texts = new Map<string, string>();
  let lastAccount = 0;
  let key: Uint8Array | undefined;

  const named = (name: string) => [...members.values()].find((member) => nameKey(member.name) === nameKey(name));
  const alike = (name: string) => {
    const wanted = likenesses(name);
    return [...members.values()].find((member) => likenesses(member.name).some((one) => wanted.includes(one)));
  };
  const change = (id: number, part: Partial<StoredAccount>) => {
    const member = members.get(id);
    if (member !== undefined) members.set(id, { ...member, ...part });
  };
  const write = (key: string, text: string | undefined) => {
    if (text === undefined) texts.delete(key);
    else texts.set(key, text);
  };

  return {
    accounts: {
      // Leave this out when it keeps things where they outlive the process.
      ephemeral: true,
      get: async (id) => members.get(id),
      find: async (name) => named(name),
      lookalike: async (name) => alike(name),
      async create(name, hash, distinct = false) {
        if (named(name) !== undefined || (distinct && alike(name) !== undefined)) return undefined;
        const member = { id: ++lastAccount, name, hash, created: now(), seen: 0, roles: [], epoch: newEpoch() };
        members.set(member.id, member);
        const since = log.end();
        const device = { name: '', id: since, handed: since, seen: 0 };
        places.set(member.id, { name, since, devices: new Map([['', device]]), markers: new Map() });
        return member;
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
      list: async (id, limit) => [...members.values()].filter((member) => member.id > id).slice(0, Math.max(0, limit)),
      async remove(id) {
        members.delete(id);
        places.delete(id);
      },
    },

    messageLog: log,

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

/** Another one than any that there was, also in a copy of the store that is put back. */
function newEpoch(): number {
  return randomInt(2 ** 48 - 1);
}
