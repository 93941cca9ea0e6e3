import { askPassword, definePlugin, type Plugin, type Session } from 'chatserv';
import { startServer } from 'chatserv/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { STANDARD } from '../../src/host/standard.ts';

interface Place {
  readonly phase?: 'guard';
  readonly order?: 'pre' | 'post';
  readonly before?: string;
}

/** A plugin that notes when its handler of onUsername runs. */
function noting(name: string, notes: string[], where: Place = {}): Plugin {
  return definePlugin({
    name,
    summary: 'Notes when it runs',
    setup: () => ({
      hooks: {
        onUsername: {
          ...where,
          handler(_session: Session, _name: string) {
            notes.push(name);
            return undefined;
          },
        },
      },
    }),
  });
}

/** Starts a server with plugins in this order, and has their handlers run. @returns their names in the order they ran in */
async function orderOf(...plugins: readonly (readonly [name: string, where?: Place])[]): Promise<string[]> {
  const notes: string[] = [];
  const entries = Object.fromEntries(plugins.map(([name, where]) => [name, noting(name, notes, where)]));
  await using server = await startServer({ password: false, registration: false, ...entries });
  const client = server.connect();
  await client.says('alice');
  await client.sees('username');
  return notes;
}

describe('the order of handlers', () => {
  test('is pre, those that say nothing, post, whatever the order in the config', async () => {
    const order = await orderOf(['x', { order: 'post' }], ['y'], ['z', { order: 'pre' }]);
    expect(order).toEqual(['z', 'y', 'x']);
  });

  test('is that of the config within a stage', async () => {
    expect(await orderOf(['z'], ['a'], ['m'])).toEqual(['z', 'a', 'm']);
    const post = { order: 'post' } as const;
    expect(await orderOf(['m', post], ['z', post], ['a', post])).toEqual(['m', 'z', 'a']);
  });

  test('follows before, over the stages too', async () => {
    const order = await orderOf(['x', { order: 'pre' }], ['y'], ['z', { order: 'post', before: 'x' }]);
    expect(order).toEqual(['z', 'x', 'y']);
  });

  test('follows before from one to the next, wherever they stand', async () => {
    const chain = [
      ['z', {}],
      ['x', { before: 'y' }],
      ['y', { before: 'z' }],
    ] as const;
    expect(await orderOf(...chain)).toEqual(['x', 'y', 'z']);
    expect(await orderOf(...chain.toReversed())).toEqual(['x', 'y', 'z']);
    const [z, x, y] = chain;
    expect(await orderOf(x, z, y)).toEqual(['x', 'y', 'z']);
  });

  test.each<[string, readonly (readonly [string, Place])[], string]>([
    [
      'two',
      [
        ['x', { before: 'y' }],
        ['y', { before: 'x' }],
      ],
      "in a circle ('x' before 'y' before 'x')",
    ],
    [
      'three of four',
      [
        ['w', { before: 'x' }],
        ['x', { before: 'y' }],
        ['y', { before: 'z', order: 'post' }],
        ['z', { before: 'x' }],
      ],
      "in a circle ('x' before 'y' before 'z' before 'x')",
    ],
    [
      'guards',
      [
        ['x', { phase: 'guard', before: 'y' }],
        ['y', { phase: 'guard', before: 'x' }],
      ],
      "'x' before 'y'",
    ],
    ['one', [['x', { before: 'x' }]], "The plugin 'x': hooks.onUsername.before is its own name."],
  ])('is a mistake where %s want to run before each other', async (_what, plugins, sentence) => {
    const started = orderOf(...plugins);
    await expect(started).rejects.toMatchObject({ sentences: [expect.stringContaining(sentence)] });
  });

  test('is none where a guard and what is none name each other: guards are first', async () => {
    expect(await orderOf(['x', { before: 'y' }], ['y', { phase: 'guard', before: 'x' }])).toEqual(['y', 'x']);
  });

  test('has guards first, and nothing gets before them that is none', async () => {
    const order = await orderOf(
      ['a', { order: 'pre' }],
      ['b', { before: 'guard' }],
      ['late', { phase: 'guard', order: 'post' }],
      ['guard', { phase: 'guard' }],
      ['early', { phase: 'guard', before: 'guard' }],
    );
    expect(order).toEqual(['early', 'guard', 'late', 'b', 'a']);
  });

  test('does not depend on names', async () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((word) => !Object.hasOwn(STANDARD, word));
    const place = fc.record(
      {
        phase: fc.constant('guard' as const),
        order: fc.constantFrom('pre' as const, 'post' as const),
      },
      { requiredKeys: [] },
    );
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(name, { minLength: 8, maxLength: 8 }),
        fc.array(place, { minLength: 4, maxLength: 4 }),
        async (names, places) => {
          const [some, others] = [names.slice(0, 4), names.slice(4)];
          const order = await orderOf(...some.map((one, index) => [one, places[index]] as const));
          const renamed = await orderOf(...others.map((one, index) => [one, places[index]] as const));
          expect(renamed.map((one) => others.indexOf(one))).toEqual(order.map((one) => some.indexOf(one)));
        },
      ),
      { numRuns: 20 },
    );
  });

  test('has the plugins of a config around the standard set', async () => {
    const asked: string[] = [];
    const login = (name: string, where: Place) =>
      definePlugin({
        name,
        summary: 'Knows everybody',
        setup: () => ({
          hooks: {
            onUsername: {
              ...where,
              handler() {
                asked.push(name);
                return where.order === 'post' ? undefined : askPassword({ id: 1000, name: 'anybody' });
              },
            },
          },
        }),
      });
    await using server = await startServer({ late: login('late', { order: 'post' }), zz: login('zz', {}) });
    await server.connect().asks('alice');
    expect(asked).toEqual(['zz']);
  });
});
