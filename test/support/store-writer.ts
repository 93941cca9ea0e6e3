/** Writes one message after another, and tells its parent how many were answered, until it is killed. */
import { answerForSelf } from '../../src/host/self.ts';

answerForSelf();
const { openStore } = await import('../../plugins/stores/sqlite/store.ts');

const [, , file = ''] = process.argv;
const { accounts, log } = await openStore({ file, busyTimeout: 5000, now: Date.now });
await accounts.create('alice', 'hash');
for (let count = 1; ; count++) {
  await log.append({ sender: 99, from: 'bob', audience: 'everyone', text: String(count), time: 0 });
  process.send?.(count);
}
