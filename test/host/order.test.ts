import { askPassword, definePlugin, type Plugin, type Session } from 'chatserv';
import { startServer } from 'chatserv/testing';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import standard from '../../plugins/standard.ts';

interface Place {
  readonly phase?: 'guard';
  readonly order?: 'pre' | 'post';
}

/** A plugin that notes when its handler of onUsername runs. */
function noting(name: string, notes: string[], { phase = 'decide' as 'guard', ...where }: Place = {}): Plugin {
  return definePlugin({
    name,
    summary: 'Notes when it runs',
    setup: () => ({
      hooks: {
        onUsername: {
          [phase]: {
            ...where,
            handler(_session: Session, _name: string) {
              notes.push(name);
              return undefined;
            },
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

  test('has guards first, whatever their order', async () => {
    const order = await orderOf(
      ['a', { order: 'pre' }],
      ['b'],
      ['late', { phase: 'guard', order: 'post' }],
      ['guard', { phase: 'guard' }],
      ['early', { phase: 'guard', order: 'pre' }],
    );
    expect(order).toEqual(['early', 'guard', 'late', 'a', 'b']);
  });

  test('names no plugin: the sentence says what does instead', async () => {
    const mine = definePlugin({
      name: 'mine',
      summary: 'Wants to run before another',
      setup: () => ({ hooks: { onUsername: { before: 'password', handler: () => undefined } as never } }),
    });
    await expect(startServer({ mine })).rejects.toMatchObject({
      sentences: [
        "The plugin 'mine': hooks.onUsername.before is no longer supported. Handlers run by phase (guard, transform, decide, observe), within it by `order`, 'pre' or 'post', and then in the order of the config.",
      ],
    });
  });

  test('does not depend on names', async () => {
    const name = fc.stringMatching(/^[a-z]{1,8}$/).filter((word) => !Object.hasOwn(standard, word));
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
    const login = (name: string, where: { readonly order?: 'post' }) =>
      definePlugin({
        name,
        summary: 'Knows everybody',
        setup: () => ({
          hooks: {
            onUsername: {
              decide: {
                ...where,
                handler() {
                  asked.push(name);
                  return where.order === 'post' ? undefined : askPassword({ id: 1000, name: 'anybody' });
                },
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
