import { defineCommand, definePlugin, withOptions, z } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { expect, test } from 'vitest';

/** Counts its calls, and how often it was set up. */
const counter = definePlugin({
  name: 'counter',
  summary: 'Counts',
  options: z.strictObject({ step: z.int().default(1) }),
  setup({ options, hotState }) {
    let forgotten = 0;
    const kept = hotState('count', () => ({ count: 0 }));
    return {
      commands: [
        {
          name: 'count',
          summary: 'Counts on',
          run() {
            kept.count += options.step;
            forgotten += options.step;
            return `${kept.count} ${forgotten}`;
          },
        },
      ],
    };
  },
});

test('a reload sets up the plugins it is given, and keeps clients and kept state', async () => {
  await using server = await startServer({ counter });
  const alice = await server.joins('alice');
  await alice.says('count', 'count');
  await alice.seesInOrder('1 1', '2 2');
  expect(await server.reload({ counter })).toMatchObject({ changed: [{ name: 'counter', because: 'its code' }] });
  expect(await alice.asks('count')).toBe('3 1');
  expect(await server.reload({ counter: withOptions(counter, { step: 2 }), whoelse: false })).toMatchObject({
    removed: ['whoelse'],
  });
  await alice.says('count', 'whoelse');
  await alice.seesInOrder('5 2', 'error:command:whoelse');
  expect(await server.reload()).toMatchObject({ added: [], removed: [], changed: [] });
  expect(await alice.asks('count')).toBe('7 4');
});

test('a reload with a config error changes nothing', async () => {
  await using server = await startServer({ counter });
  const alice = await server.joins('alice');
  const same = defineCommand({ name: 'who', summary: 'Is there already', run: () => 'me' });
  await expect(server.reload({ same, whoelse: false })).rejects.toThrow(/are both called 'who'/);
  await alice.says('count', 'whoelse');
  await alice.seesInOrder('1 1', '');
  await server.reload();
  await alice.says('count');
  await alice.sees('2 2');
});
