/** Writes one message and one value after another, and reports how many were answered, until it is killed. */
import { z } from 'zod';
import { registerModuleHooks } from '../../src/host/self.ts';

registerModuleHooks();
const { openStore } = await import('../../plugins/stores/sqlite/store.ts');

const [, , file = ''] = process.argv;
const { accounts, messageLog, storage } = await openStore({ file, busyTimeout: 5000, now: Date.now });
await accounts.create('alice', 'hash');
const values = storage.open('values', z.int());
const message = {
  to: { room: 1 },
  kind: 'message',
  version: 1,
  counts: true,
  sender: 99,
  from: 'bob',
  device: '',
  toSender: false,
  time: 0,
};
for (let count = 1; ; count++) {
  await messageLog.append([{ ...message, body: String(count) }]);
  await values.set('count', count);
  await values.set(String(count % 100), count);
  process.send?.(count);
}
