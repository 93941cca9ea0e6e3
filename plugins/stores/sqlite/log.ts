import type { Entry, Log, WaitingCount } from 'chatserv';
import type { Ask, Client } from './client.ts';
import type { Part } from './inbox.ts';
import type { TrimPosition } from './trim.ts';

/** How many messages of a sender one request removes. */
const REMOVED_AT_ONCE = 150;

/** How many cursors one request moves. */
const MOVED_AT_ONCE = 100;

/**
 * The log of a database. What takes long is asked for a part at a time, so that the requests of others come between.
 * @param read asks over a connection that waits for no commit, and sees what is committed
 */
export function logOf({ identity, ask, askLater }: Client, read: Ask): Log {
  let trimmed: TrimPosition | undefined;
  return {
    identity,
    append: (entry) => ask('append', entry),
    find: (sender, key) => ask('findEntry', sender, key),
    async read(account, after, limit) {
      const entries: Entry[] = [];
      let from = after;
      for (;;) {
        const part = await read('read', account, from, limit - entries.length);
        entries.push(...part.found);
        if (part.after === undefined) break;
        from = part.after;
      }
      // What is not for the account is not looked through again at its next login.
      if (entries.length === 0 && from > after) await ask('skip', account, after, from);
      return entries;
    },
    async count(account, sender, after, most, origin) {
      const counted = { all: 0, own: 0, sameOrigin: 0, isContact: false };
      for (let from: number | undefined = after; from !== undefined; ) {
        const part: Part<Required<WaitingCount>> = await read(
          'count',
          account,
          sender,
          from,
          most - counted.all,
          origin,
        );
        counted.all += part.found.all;
        counted.own += part.found.own;
        counted.sameOrigin += part.found.sameOrigin;
        counted.isContact = part.found.isContact;
        from = part.after;
      }
      return counted;
    },
    cursor: (account) => read('cursor', account),
    async moveCursors(moves) {
      for (let at = 0; at < moves.length; at += MOVED_AT_ONCE) {
        await ask('moveCursors', moves.slice(at, at + MOVED_AT_ONCE));
      }
    },
    async trim(retention) {
      trimmed = await askLater('trim', retention, trimmed);
      return trimmed !== undefined;
    },
    async removeFrom(sender) {
      let removed = 0;
      for (let before: number | undefined = Number.MAX_SAFE_INTEGER; before !== undefined; ) {
        const part: Part<number[]> = await read('saidBy', sender, before);
        for (let at = 0; at < part.found.length; at += REMOVED_AT_ONCE) {
          await ask('forgetAll', part.found.slice(at, at + REMOVED_AT_ONCE));
        }
        removed += part.found.length;
        before = part.after;
      }
      return removed;
    },
    latest: () => read('latest'),
    check: () => ask('check'),
  };
}
