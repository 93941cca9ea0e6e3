import { expect, test } from 'vitest';
import { complaint } from './complaint.ts';
import { gathering, gatheringBy } from './gathering.ts';

/** Statements that end when they are told to. */
function statements() {
  const begun: { readonly requests: readonly number[]; end(error?: Error): void }[] = [];
  const perform = (requests: readonly number[]) => {
    const { promise, resolve, reject } = Promise.withResolvers<string[]>();
    const end = (error?: Error) => (error ? reject(error) : resolve(requests.map(String)));
    begun.push({ requests, end });
    return promise;
  };
  return { begun, perform };
}

const turn = () => new Promise(setImmediate);

test('requests made at once share a statement, and so do those made while others are under way', async () => {
  const { begun, perform } = statements();
  const ask = gathering(perform, { statements: 1 });
  const answers = [1, 2].map(ask);
  await turn();
  answers.push(...[3, 4, 5].map(ask));
  await turn();
  expect(begun.map(({ requests }) => requests)).toEqual([[1, 2]]);
  begun[0]?.end();
  await turn();
  begun[1]?.end();
  expect(await Promise.all(answers)).toEqual(['1', '2', '3', '4', '5']);
  expect(begun.map(({ requests }) => requests)).toEqual([
    [1, 2],
    [3, 4, 5],
  ]);
});

test('a slow statement holds up only those that share it', async () => {
  const { begun, perform } = statements();
  const ask = gathering(perform);
  void ask(1);
  await turn();
  const second = ask(2);
  await turn();
  begun[1]?.end();
  expect(await second).toBe('2');
});

test('a statement has so many requests at most', async () => {
  const { begun, perform } = statements();
  const ask = gathering(perform, { statements: 1, requests: 2 });
  const answers = [1, 2, 3].map(ask);
  await turn();
  begun[0]?.end();
  await turn();
  begun[1]?.end();
  await Promise.all(answers);
  expect(begun.map(({ requests }) => requests)).toEqual([[1, 2], [3]]);
});

test('of requests that share a statement, only the one that the database rejects fails', async () => {
  const rejection = complaint('chat', Object.assign(new Error('out of range'), { code: '22003' }));
  const perform = async (requests: readonly number[]) => {
    if (requests.includes(2)) throw rejection;
    return requests;
  };
  const ask = gathering(perform);
  expect(await Promise.allSettled([1, 2, 3].map(ask))).toEqual([
    { status: 'fulfilled', value: 1 },
    { status: 'rejected', reason: rejection },
    { status: 'fulfilled', value: 3 },
  ]);
});

test('all that share a statement fail with it for other reasons, and later ones are tried', async () => {
  const { begun, perform } = statements();
  const ask = gathering(perform, { statements: 1 });
  const lost = complaint('chat', new Error('Connection terminated'));
  const answers = Promise.allSettled([1, 2].map(ask));
  await turn();
  begun[0]?.end(lost);
  expect(await answers).toEqual([1, 2].map(() => ({ status: 'rejected', reason: lost })));
  const later = ask(3);
  await turn();
  begun[1]?.end();
  expect(await later).toBe('3');
  expect(begun).toHaveLength(2);
});

test('rows are found by their keys', async () => {
  const find = gatheringBy(
    ({ id }: { id: number }) => id,
    async (ids) => ids.filter((id) => id !== 2).map((id) => ({ id })),
  );
  expect(await Promise.all([1, 2, 1].map(find))).toEqual([{ id: 1 }, undefined, { id: 1 }]);
});
