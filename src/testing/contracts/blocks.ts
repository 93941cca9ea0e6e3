import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Open, OpenStore } from './store.ts';

/** What every store's blocks must do. */
export function blocksContract(name: string, open: Open): void {
  describe(`${name}: blocks`, () => {
    let store: OpenStore;
    beforeAll(async () => {
      store = await open();
    });
    afterAll(() => store.close());

    test('a pair is blocked until its time, and no other pair is', async () => {
      await store.blocks.add('alice', '192.0.2.1', 2000, 1000);
      expect(await store.blocks.find('alice', '192.0.2.1', 1000)).toBe(2000);
      expect(await store.blocks.find('alice', '192.0.2.1', 1999)).toBe(2000);
      expect(await store.blocks.find('alice', '192.0.2.1', 2000)).toBe(0);
      expect(await store.blocks.find('alice', '192.0.2.2', 1000)).toBe(0);
      expect(await store.blocks.find('bob', '192.0.2.1', 1000)).toBe(0);
    });

    test('what stands on which side of the pair is never confused', async () => {
      await store.blocks.add('a","b', 'c', 2000, 1000);
      await store.blocks.add('__proto__', 'constructor', 2000, 1000);
      expect(await store.blocks.find('a', 'b","c', 1000)).toBe(0);
      expect(await store.blocks.find('c', 'a","b', 1000)).toBe(0);
      expect(await store.blocks.find('__proto__', 'constructor', 1000)).toBe(2000);
    });

    test('a block replaces an older one, even a longer', async () => {
      await store.blocks.add('carol', '2001:db8::/64', 9000, 1000);
      await store.blocks.add('carol', '2001:db8::/64', 3000, 1000);
      expect(await store.blocks.find('carol', '2001:db8::/64', 1000)).toBe(3000);
    });

    test('a block is ended, and no other', async () => {
      await store.blocks.add('dave', '192.0.2.1', 9000, 1000);
      await store.blocks.add('dave', '192.0.2.2', 9000, 1000);
      await store.blocks.remove('dave', '192.0.2.1');
      await store.blocks.remove('nobody', '192.0.2.1');
      expect(await store.blocks.find('dave', '192.0.2.1', 1000)).toBe(0);
      expect(await store.blocks.find('dave', '192.0.2.2', 1000)).toBe(9000);
    });

    test('those of one user are listed, where the store can', async () => {
      if (store.blocks.list === undefined) return;
      await store.blocks.add('erin', '192.0.2.1', 9000, 1000);
      await store.blocks.add('erin', '2001:db8::/64', 8000, 1000);
      await store.blocks.add('erin2', '192.0.2.1', 9000, 1000);
      const listed = await store.blocks.list('erin');
      expect(listed.toSorted((a, b) => a.until - b.until)).toEqual([
        { network: '2001:db8::/64', until: 8000 },
        { network: '192.0.2.1', until: 9000 },
      ]);
      expect(await store.blocks.list('nobody')).toEqual([]);
    });

    test('blocks that ended are forgotten, those that did not are kept', async () => {
      await store.blocks.add('short', '192.0.2.1', 2000, 1000);
      await store.blocks.add('long', '192.0.2.1', 5000, 1000);
      await store.blocks.add('other', '192.0.2.1', 5000, 3000);
      // Asked as of an earlier time, a block that is still kept would show.
      expect(await store.blocks.find('short', '192.0.2.1', 1000)).toBe(0);
      expect(await store.blocks.find('long', '192.0.2.1', 1000)).toBe(5000);
    });
  });
}
