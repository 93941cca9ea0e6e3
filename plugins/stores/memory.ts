import { type Account, Accounts, Blocks, definePlugin, type Entry, Log, nameKey, type StoredAccount } from 'chatserv';

export default definePlugin({
  name: 'memory',
  summary: 'Keeps accounts, messages and blocks in memory, and loses them when the server ends',
  provides: { accounts: Accounts, log: Log, blocks: Blocks },
  setup: ({ clock, keep }) => ({ provide: keep('store', () => memoryStore(() => clock.now())) }),
});

/** An account, and what of the log it has been given and waits for it alone. */
interface Member extends StoredAccount {
  /** The log's end when it was made. */
  readonly since: number;
  cursor: number;
  /** The ids of the messages that name it. */
  readonly named: number[];
}

/** A message to everyone, or to a crowd. */
interface Wide {
  readonly id: number;
  readonly sender: number;
  readonly crowd?: ReadonlySet<number>;
}

/** Up to so many accounts are each told the id of a message to them; more are a crowd. */
const NAMED_MOST = 32;

/** Accounts, log and blocks that live as long as the result does. */
export function memoryStore(now: () => number): { accounts: Accounts; log: Log; blocks: Blocks } {
  const members = new Map<number, Member>();
  const byKey = new Map<string, Member>();
  /** The message with the id n is at n - 1. */
  const entries: Entry[] = [];
  const wide: Wide[] = [];
  const blocks = new Map<string, number>();
  let lastAccount = 0;

  function change(id: number, part: Partial<Member>): void {
    const member = members.get(id);
    if (member) Object.assign(member, part);
  }

  return {
    accounts: {
      async find(name) {
        const member = byKey.get(nameKey(name));
        return member && stored(member);
      },
      async create(name, hash) {
        const key = nameKey(name);
        if (byKey.has(key)) return undefined;
        const end = entries.length;
        const member = { id: ++lastAccount, name, hash, created: now(), seen: 0, since: end, cursor: end, named: [] };
        byKey.set(key, member);
        members.set(member.id, member);
        return stored(member);
      },
      setHash: async (id, hash) => change(id, { hash }),
      setSeen: async (id, seen) => change(id, { seen }),
      seenSince: async (time) =>
        [...members.values()]
          .filter(({ seen }) => seen >= Math.max(time, 1))
          .map(({ id, name }): Account => ({ id, name })),
      list: async (after, limit) =>
        [...members.values()]
          .filter(({ id }) => id > after)
          .slice(0, Math.max(0, limit))
          .map(stored),
      async remove(id) {
        const member = members.get(id);
        if (member) byKey.delete(nameKey(member.name));
        members.delete(id);
      },
    },

    log: {
      async append({ sender, from, audience, text, time }) {
        const id = entries.push({ id: entries.length + 1, sender, from, text, time });
        const ids = new Set(audience === 'everyone' ? [] : audience);
        if (audience === 'everyone') wide.push({ id, sender });
        else if (ids.size > NAMED_MOST) wide.push({ id, sender, crowd: ids });
        else for (const account of ids) members.get(account)?.named.push(id);
        return id;
      },
      async read(account, after, limit) {
        const member = members.get(account);
        if (!member) return [];
        const start = Math.max(after, member.since);
        const { named } = member;
        const found: Entry[] = [];
        let n = firstAbove(start, named.length, (i) => named[i]);
        let w = firstAbove(start, wide.length, (i) => wide[i]?.id);
        while (found.length < limit) {
          const own = named[n] ?? Number.POSITIVE_INFINITY;
          const next = wide[w];
          const entry = entries[Math.min(own, next?.id ?? Number.POSITIVE_INFINITY) - 1];
          if (!entry) break;
          if (entry.id === own) n++;
          else w++;
          if (entry.id === own || (next?.crowd ? next.crowd.has(account) : next?.sender !== account))
            found.push({ ...entry });
        }
        return found;
      },
      cursor: async (account) => members.get(account)?.cursor ?? 0,
      async moveCursors(moves) {
        for (const [account, id] of moves) change(account, { cursor: Math.max(id, members.get(account)?.cursor ?? 0) });
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
    },
  };
}

function stored({ id, name, hash, created, seen }: Member): StoredAccount {
  return { id, name, hash, created, seen };
}

/** The first of `length` places, whose ids rise, with an id above `start`. */
function firstAbove(start: number, length: number, idAt: (place: number) => number | undefined): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((idAt(middle) ?? 0) > start) high = middle;
    else low = middle + 1;
  }
  return low;
}
