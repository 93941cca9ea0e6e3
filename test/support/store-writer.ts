/** Writes one message and one value after another, and reports how many were answered, until it is killed. */
import { z } from 'zod';
import { answerForSelf } from '../../src/host/self.ts';

answerForSelf();
const { openStore } = await import('../../plugins/stores/sqlite/store.ts');

const [, , file = ''] = process.argv;
const { accounts, log, storage } = await openStore({ file, busyTimeout: 5000, now: Date.now });
await accounts.create('alice', 'hash');
const values = storage.open('values', z.int());
for (let count = 1; ; count++) {
  await log.append({ sender: 99, from: 'bob', audience: 'everyone', text: String(count), time: 0 });
  await values.set('count', count);
  await values.set(String(count % 100), count);
  process.send?.(count);
}
