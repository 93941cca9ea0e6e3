import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import { expect, test } from 'vitest';
import type { Request } from './batch.ts';
import { flatten } from './flat.ts';
import { type OpenedFile, serve, type ToWorker } from './serve.ts';

test('requests at low priority run alone when there are no others, and all of them before the close', async () => {
  const { port1: client, port2: port } = new MessageChannel();
  const done: unknown[] = [];
  const request = (n: number) => ['get', n] as const;
  const sent: ToWorker[] = [
    { later: request(1) },
    flatten([request(2), request(3)]),
    { later: request(4) },
    flatten([request(5)]),
    'close',
    { later: request(6) },
  ];
  const file: OpenedFile = { file: 'chat.db', path: 'link.db', busyTimeout: 5, owned: true };
  client.postMessage(file);
  for (const message of sent) client.postMessage(message);
  const numbers = (requests: readonly Request[]) => requests.map(([, n]) => n);
  serve(port, ({ path }) => ({
    identity: path,
    run(requests) {
      done.push(numbers(requests));
      return requests.map(([, value]) => ({ value }));
    },
    runUnsynced([, value]) {
      done.push(value);
      return { value };
    },
    close: () => void done.push('closed'),
  }));
  const answers: unknown[] = [];
  client.on('message', (message) => answers.push(message));
  await once(client, 'close');
  expect(done).toEqual([[2, 3, 5], 1, 4, 6, 'closed']);
  expect(answers).toEqual([
    { opened: 'link.db' },
    flatten([2, 3, 5].flatMap((value) => [true, value])),
    ...[1, 4, 6].map((value) => ({ later: { value } })),
  ]);
});
