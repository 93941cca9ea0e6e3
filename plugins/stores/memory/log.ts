import type { ArchivedMessage, Duplicate, Entry, Log, NewEntry } from 'chatserv';

/** Up to so many accounts are each told the id of a message to them; more are a crowd. */
const NAMED_MOST = 32;

/** How many of the accounts that an account has written to are remembered. */
const CONTACTS_MOST = 1000;

/** How many messages or keys one call of trim looks at, and how many messages are read past, before others have their turn. */
const AT_ONCE = 1000;
const READ_AT_ONCE = 10_000;

/** What the log knows of an account. */
export interface Place {
  /** The log's end when the account was made. */
  readonly since: number;
  cursor: number;
  handed: number;
  /** The ids of the messages that name it. */
  readonly named: number[];
  /** The accounts that it has written to, the latest of them. */
  readonly contacts: Set<number>;
}

/** A message as it is kept, with what it takes to know whom it is for. */
interface Kept extends Entry {
  /** The accounts it is for; of a message to everyone none. */
  readonly audience: ReadonlySet<number>;
  /** The accounts that are still to be looked at: those that were, have it. */
  readonly left: IterableIterator<number>;
  /** One that may lack it. */
  lacking: number | undefined;
  readonly origin: string | undefined;
}

/** A message that its sender gave a key, remembered whether or not anybody still waits for it. */
interface Keyed extends Duplicate {
  readonly sender: number;
  readonly key: string;
  readonly time: number;
}

/** A round of trimming, from the oldest message on. */
interface Round {
  /** Where the log ended when it began. */
  readonly end: number;
  readonly entries: IterableIterator<Kept>;
  readonly keys: IterableIterator<[string, Keyed]>;
  /** How many of the oldest are too many. */
  excess: number;
  /** Whether it has come to one that is young enough. */
  isYoung: boolean;
  /** Those who are furthest behind; two, for one may be the sender. */
  readonly behind: readonly { readonly id: number; readonly cursor: number }[];
}

/** Makes a log that looks things up, and does long work in parts. @param places the accounts that there are */
export function memoryLog(places: ReadonlyMap<number, Place>) {
  /** The messages that are not forgotten, oldest first. */
  const entries = new Map<number, Kept>();
  /** What was said under a key, oldest first. */
  const keyed = new Map<string, Keyed>();
  /** The ids of those to everyone or to a crowd, some of which may be forgotten. */
  let wide: number[] = [];
  let wideForgotten = 0;
  let latest: number | undefined;
  let round: Round | undefined;
  /** The greatest id that was ever given. */
  let end = 0;

  /** Puts a message in, under an id that is greater than all before. */
  function keep(id: number, { sender, from, audience, text, time, key, unknown = [], origin }: NewEntry): void {
    if (key !== undefined)
      keyed.set(ownKey(sender, key), { duplicateOf: id, unknown: [...unknown], sender, key, time });
    latest = time;
    const everyone = audience === 'everyone';
    const accounts = new Set(everyone ? [] : audience);
    const left = accounts.values();
    entries.set(id, { id, sender, from, everyone, text, time, audience: accounts, left, lacking: undefined, origin });
    if (everyone || accounts.size > NAMED_MOST) wide.push(id);
    else for (const account of accounts) places.get(account)?.named.push(id);
  }

  function noteContacts({ sender, audience }: NewEntry): void {
    const { contacts } = places.get(sender) ?? {};
    if (contacts === undefined || audience === 'everyone' || audience.length > NAMED_MOST) return;
    for (const account of audience) {
      if (account === sender || !places.has(account)) continue;
      contacts.add(account);
      const [first] = contacts;
      if (contacts.size > CONTACTS_MOST && first !== undefined) contacts.delete(first);
    }
  }

  function said(sender: number, key: string): Duplicate | undefined {
    const before = keyed.get(ownKey(sender, key));
    return before && { duplicateOf: before.duplicateOf, unknown: before.unknown };
  }

  /** Adds to what was found of an inbox. @returns after which id to go on; undefined at the end */
  function readOn(account: number, place: Place, from: number, limit: number, found: Entry[]): number | undefined {
    const { named } = place;
    let n = firstAbove(from, named);
    let w = firstAbove(from, wide);
    for (let looked = 0; found.length < limit; looked++) {
      const own = named[n] ?? Number.POSITIVE_INFINITY;
      const next = wide[w] ?? Number.POSITIVE_INFINITY;
      if (own === next) return undefined;
      const id = Math.min(own, next);
      if (looked === READ_AT_ONCE) return id - 1;
      if (own < next) n++;
      else w++;
      const kept = entries.get(id);
      if (kept !== undefined && isFor(kept, account)) found.push(entryOf(kept));
    }
    return undefined;
  }

  function forget({ id, everyone, audience }: Kept): void {
    entries.delete(id);
    if (everyone || audience.size > NAMED_MOST) {
      wideForgotten++;
      if (wideForgotten < wide.length / 2) return;
      wide = wide.filter((id) => entries.has(id));
      wideForgotten = 0;
      return;
    }
    for (const account of audience) {
      const { named = [] } = places.get(account) ?? {};
      const at = firstAbove(id - 1, named);
      if (named[at] === id) named.splice(at, 1);
    }
  }

  /** Whether everyone has it whom it is for. Each account of its audience is looked at once, over all rounds. */
  function isHad(kept: Kept, { behind: [first, second] }: Round): boolean {
    if (kept.everyone) {
      const slowest = first?.id === kept.sender ? second : first;
      return (slowest?.cursor ?? 0) >= kept.id;
    }
    for (;;) {
      kept.lacking ??= kept.left.next().value;
      if (kept.lacking === undefined) return true;
      const place = places.get(kept.lacking);
      if (place !== undefined && Math.max(place.cursor, place.since) < kept.id) return false;
      kept.lacking = undefined;
    }
  }

  /** @returns whether there are more keys to look at */
  function trimKeys({ keys }: Round, upTo: number, keysSince: number): boolean {
    for (let looked = 0; looked < AT_ONCE; looked++) {
      const next = keys.next().value;
      if (next === undefined) {
        round = undefined;
        return false;
      }
      const [key, { duplicateOf, time }] = next;
      if (duplicateOf <= upTo || time < keysSince) keyed.delete(key);
    }
    return true;
  }

  const log: Log = {
    async append(entry) {
      const before = entry.key === undefined ? undefined : said(entry.sender, entry.key);
      if (before !== undefined) return before;
      keep(++end, entry);
      noteContacts(entry);
      return end;
    },
    find: async (sender, key) => said(sender, key),
    async read(account, after, limit) {
      const found: Entry[] = [];
      for (let from = after; ; ) {
        const place = places.get(account);
        if (place === undefined) return found;
        const next = readOn(account, place, Math.max(from, place.since), limit, found);
        if (next === undefined) return found;
        from = next;
        await new Promise(setImmediate);
      }
    },
    async count(account, sender, after, most, origin) {
      const { named = [], contacts } = places.get(account) ?? {};
      const counted = { all: 0, own: 0, sameOrigin: 0, isContact: contacts?.has(sender) ?? false };
      for (let n = firstAbove(after, named); n < named.length && counted.all < most; n++) {
        const entry = entries.get(named[n] ?? 0);
        if (entry === undefined) continue;
        counted.all++;
        if (entry.sender === sender) counted.own++;
        if (origin !== undefined && entry.origin === origin) counted.sameOrigin++;
      }
      return counted;
    },
    async cursor(account) {
      const { cursor = 0, handed = 0 } = places.get(account) ?? {};
      return { id: cursor, handed: Math.max(cursor, handed) };
    },
    async moveCursors(moves) {
      for (const [account, id, handed] of moves) {
        const place = places.get(account);
        if (place === undefined) continue;
        place.cursor = Math.max(id, place.cursor);
        place.handed = Math.max(handed, place.handed);
      }
    },
    async trim({ before, most, now = Number.POSITIVE_INFINITY, keysSince }) {
      round ??= {
        end,
        entries: entries.values(),
        keys: keyed.entries(),
        excess: entries.size - most,
        isYoung: false,
        behind: furthestBehind(places),
      };
      for (let looked = 0; looked < AT_ONCE; looked++) {
        const kept = round.entries.next().value;
        if (kept === undefined || kept.id > round.end) return trimKeys(round, end - most, keysSince);
        round.excess--;
        // A message is no older than one that was said before it; one from the future says nothing about others.
        if (kept.time >= before && kept.time <= now) round.isYoung = true;
        const isOld = !round.isYoung && kept.time < before;
        if (isOld || round.excess >= 0 || isHad(kept, round)) forget(kept);
      }
      return true;
    },
    async removeFrom(sender) {
      const isMeant = (kept: Kept) =>
        typeof sender === 'number'
          ? kept.sender === sender
          : kept.from === sender && kept.sender !== 0 && !places.has(kept.sender);
      const meant = [...entries.values()].filter(isMeant);
      meant.forEach(forget);
      return meant.length;
    },
    latest: async () => latest,
  };

  return {
    log,
    keep,
    get end() {
      return end;
    },
    set end(id) {
      end = id;
    },
    /** All messages, for an archive. @param nameOf the name of an account, if there is one */
    archived(nameOf: (account: number) => string | undefined): ArchivedMessage[] {
      const keys = new Map([...keyed.values()].map((said) => [said.duplicateOf, said]));
      const kept = [...entries.values()].map(
        ({ everyone, audience, left, lacking, origin, ...entry }): ArchivedMessage => {
          const { key, unknown = [] } = keys.get(entry.id) ?? {};
          keys.delete(entry.id);
          return {
            ...entry,
            audience: everyone ? 'everyone' : [...audience].sort((a, b) => a - b),
            ...(key !== undefined && { key }),
            ...(unknown.length > 0 && { unknown }),
          };
        },
      );
      // A key outlives its message: such a message is archived without text, for nobody.
      const gone = [...keys.values()].flatMap(({ duplicateOf: id, sender, key, unknown, time }): ArchivedMessage[] => {
        const from = nameOf(sender);
        if (from === undefined) return [];
        const entry = { id, sender, from, audience: [], text: '', time, key };
        return [unknown.length > 0 ? { ...entry, unknown } : entry];
      });
      return [...kept, ...gone].sort((a, b) => a.id - b.id);
    },
  };
}

function furthestBehind(places: ReadonlyMap<number, Place>): Round['behind'] {
  let first = { id: 0, cursor: Number.POSITIVE_INFINITY };
  let second = first;
  for (const [id, { cursor }] of places) {
    if (cursor >= second.cursor) continue;
    second = { id, cursor };
    if (cursor < first.cursor) [first, second] = [second, first];
  }
  return [first, second];
}

function isFor({ everyone, sender, audience }: Kept, account: number): boolean {
  return everyone ? sender !== account : audience.has(account);
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
