import { Accounts, type CommandSpec, defineCommand, definePlugin, param, token, z } from 'chatserv';
import { startServer } from 'chatserv/testing';
import { describe, expect, test } from 'vitest';
import { configErrorsOf } from '../support/config-errors.ts';

/** A plugin as its author may have written it without a look at the types. */
function plugin(spec: object) {
  return definePlugin({ name: 'mine', summary: 'Does something', setup: () => ({}), ...spec } as never);
}

describe('an invalid definition is rejected', () => {
  test.each<[string, object, string]>([
    [
      'a name of other words',
      { name: 'My Plugin' },
      `name is "My Plugin": expected lower-case words with hyphens, such`,
    ],
    ['no name', { name: undefined }, 'name is missing: expected lower-case words with hyphens'],
    ['no summary', { summary: undefined }, 'summary is missing: expected a line of text.'],
    ['a summary of two lines', { summary: 'a\nb' }, 'summary is "a\\nb": expected a line of text.'],
    ['no setup', { setup: undefined }, 'setup is missing: expected a function.'],
    [
      'options without a schema',
      { options: { a: 1 } },
      'options is { a: 1 }: expected a Standard Schema, such as z.str',
    ],
    [
      'needs by name',
      { needs: { accounts: 'accounts' } },
      'needs.accounts is "accounts": expected a token, as token()',
    ],
    [
      'a need of nothing',
      { wants: { accounts: undefined } },
      'wants.accounts is missing: expected a token, as token()',
    ],
    [
      'needs in a list',
      { needs: [Accounts] },
      "needs is [ { service: 'accounts' } ]: expected tokens by name, such as",
    ],
    [
      'a variable for an option that there is not',
      { options: z.strictObject({ token: z.string().default('') }), environment: { tokn: 'TOKEN' } },
      "environment sets the unknown option 'tokn' from TOKEN. Did you mean 'token'?",
    ],
    [
      'a variable for a plugin without options',
      { environment: { token: 'TOKEN' } },
      "environment sets the unknown option 'token' from TOKEN.",
    ],
    ['a variable that is none', { environment: { token: 5 } }, 'environment.token is 5: expected a line of text.'],
    [
      'a misspelt key',
      { sumary: 'x' },
      "sumary is unknown. Did you mean 'summary'? Known: name, summary, options, needs",
    ],
    ['hooks beside setup', { hooks: {} }, 'hooks is unknown. It belongs in what setup returns.'],
    ['a command without defineCommand', { run() {} }, 'run is unknown. It belongs in a command: see defineCommand.'],
  ])('%s', async (_what, spec, sentence) => {
    expect(await configErrorsOf({ plugins: { mine: plugin(spec) } })).toEqual([
      expect.stringContaining(`The plugin 'mine': ${sentence}`),
    ]);
  });

  test('all of them are said at once, with what is wrong with other plugins', async () => {
    const wrong = definePlugin({ sumary: 'x' } as never);
    expect(await configErrorsOf({ plugins: { wrong, tcp: { port: 'x' } } })).toEqual([
      'c.json: plugins.tcp.port is "x": expected number.',
      expect.stringMatching(/^The plugin 'wrong': name is missing/),
      expect.stringMatching(/^The plugin 'wrong': summary is missing/),
      expect.stringMatching(/^The plugin 'wrong': setup is missing/),
      expect.stringMatching(/^The plugin 'wrong': sumary is unknown/),
    ]);
  });

  test('a schema that throws is named', async () => {
    const options = z.strictObject({}).refine(() => {
      throw new Error('no such thing');
    });
    expect(await configErrorsOf({ plugins: { mine: plugin({ options }) } })).toEqual([
      expect.stringMatching(
        /^The options of the plugin 'mine' could not be checked: no such thing \(test\/.*:\d+:\d+\)\.$/,
      ),
    ]);
  });
});

describe('an invalid result of a set-up is rejected', () => {
  const one = () => undefined;
  const weather = token<object>('weather');

  test.each<[string, object | string, string]>([
    [
      'a misspelt hook',
      { hooks: { onMesage: one } },
      "hooks.onMesage is unknown. Did you mean 'onMessage'? Known: onC",
    ],
    [
      'a hook that is no function',
      { hooks: { onMessage: 'x' } },
      'hooks.onMessage is "x": expected a function or { guard, transform, observe }.',
    ],
    [
      'no handler',
      { hooks: { onMessage: { order: 'pre' } } },
      'hooks.onMessage.handler is missing: expected a function.',
    ],
    [
      'a phase that is no function',
      { hooks: { onMessage: { guard: 5 } } },
      'hooks.onMessage.guard is 5: expected a function or { order, filter, handler }.',
    ],
    [
      'a phase that the hook does not have',
      { hooks: { onLogin: { guard: one } } },
      'hooks.onLogin.guard is unknown. Known: observe.',
    ],
    [
      'a misspelt order of a phase',
      { hooks: { onMessage: { guard: { order: 'first', handler: one } } } },
      `hooks.onMessage.guard.order is "first": expected 'pre' or 'post'.`,
    ],
    [
      'another order',
      { hooks: { onMessage: { order: 'first', handler: one } } },
      `hooks.onMessage.order is "first": expected 'pre' or 'post'.`,
    ],
    [
      'another phase',
      { hooks: { onMessage: { phase: 'first', handler: one } } },
      `hooks.onMessage.phase is "first": expected 'guard'.`,
    ],
    [
      'a guard of a hook that only watches',
      { hooks: { onLogin: { phase: 'guard', handler: one } } },
      'hooks.onLogin.phase is "guard": expected none: nothing is refused in this hook.',
    ],
    [
      'a misspelt order',
      { hooks: { onMessage: { ordre: 'pre', handler: one } } },
      "hooks.onMessage.ordre is unknown. Did you mean 'order'? Known: phase, order, handler.",
    ],
    [
      'a promise where none is awaited',
      { hooks: { onDeliver: async () => 'drop' } },
      'hooks.onDeliver is [AsyncFunction: onDeliver]: expected a function that is not async: this hook is not awaited.',
    ],
    [
      'a misspelt key',
      { hook: {} },
      "hook is unknown. Did you mean 'hooks'? Known: hooks, commands, codecs, kinds, provide, s",
    ],
    ['no object', 'hello', 'what setup returns is "hello": expected an object.'],
    ['a start that is none', { start: {} }, 'start is {}: expected a function.'],
    [
      'commands by name',
      { commands: { roll: one } },
      'commands is { roll: [Function: one] }: expected a list of commands',
    ],
    ['a service that it does not provide', { provide: { weather: {} } }, 'provide.weather is unknown.'],
  ])('%s', async (_what, returned, sentence) => {
    await expect(startServer({ mine: plugin({ setup: () => returned }) })).rejects.toThrow(
      `The plugin 'mine': ${sentence}`,
    );
  });

  test.each<[object, string]>([
    [{}, 'provide is missing: expected the services of provides: weather.'],
    [{ provide: {} }, 'provide.weather is missing: expected the service that provides names.'],
    [{ provide: { weather: {}, wether: {} } }, "provide.wether is unknown. Did you mean 'weather'? Known: weather."],
  ])('provides, and %j', async (returned, sentence) => {
    const mine = plugin({ provides: { weather }, setup: () => returned });
    await expect(startServer({ mine })).rejects.toThrow(`The plugin 'mine': ${sentence}`);
  });

  test.each<[string, Partial<Record<keyof CommandSpec | 'usge' | 'provides', unknown>>, string]>([
    [
      'a misspelt key',
      { usge: 'x' },
      "usge is unknown. Did you mean 'usage'? Known: name, aliases, usage, summary, params, args",
    ],
    ['a usage that is none', { usage: 6 }, 'usage is 6: expected a line of text.'],
    [
      'params by kind',
      { params: { sides: 'integer' } },
      'params.sides is "integer": expected an argument, such as param.',
    ],
    ['params in a list', { params: [param.word()] }, 'params is [ param.word() ]: expected arguments by name.'],
    [
      'a param of two words',
      { params: { 'two words': param.word() } },
      "params['two words'] is param.word(): expected the name of a variable.",
    ],
    [
      'something after the rest of the line',
      { params: { text: param.text(), more: param.word().optional() } },
      "params.more is param.word(): expected nothing after 'text', which takes the rest of the line.",
    ],
    [
      'what must be there after what may be left out',
      { params: { sides: param.integer().optional(), colour: param.word() } },
      "params.colour is param.word(): expected it to be optional, as 'sides' before it is.",
    ],
    ['no code', { run: undefined }, 'run is missing: expected a function.'],
    ['a number for args', { args: 2 }, 'args is 2: expected { min, max }.'],
    ['a negative number', { args: { max: -1 } }, 'args.max is -1: expected a number of words.'],
    ['one alias', { aliases: 'r' }, 'aliases is "r": expected a list of words.'],
    ['an alias of two words', { aliases: ['r', 'a b'] }, 'aliases[1] is "a b": expected a word.'],
    ['a role in capitals', { role: 'Admin' }, 'role is "Admin": expected lower-case letters, digits and hyphens.'],
    ['what plugins have', { provides: {} }, 'provides is unknown. It belongs to a plugin: see definePlugin.'],
  ])('a command with %s', async (_what, spec, sentence) => {
    const roll = defineCommand({
      name: 'roll',
      usage: 'roll',
      summary: 'Throws a die',
      run: () => '6',
      ...spec,
    } as never);
    await expect(startServer({ roll })).rejects.toThrow(`The plugin 'roll', command 'roll': ${sentence}`);
  });

  test('all that is wrong with all plugins is said at once, and what is set up is disposed of', async () => {
    const disposed: string[] = [];
    const dispose = (name: string) => () => void disposed.push(name);
    const fine = plugin({ name: 'fine', setup: () => ({ dispose: dispose('fine') }) });
    const odd = plugin({ name: 'odd', setup: () => ({ hook: {}, dispose: dispose('odd') }) });
    const bad = plugin({
      name: 'bad',
      provides: { weather },
      setup() {
        throw new Error('no key');
      },
    });
    const lacks = plugin({ name: 'lacks', needs: { weather }, setup: () => ({ hook: {} }) });
    const failing = startServer({ fine, odd, bad, lacks });
    await expect(failing).rejects.toMatchObject({
      sentences: [
        expect.stringMatching(/^The plugin 'odd': hook is unknown/),
        expect.stringMatching(/^The plugin 'bad' could not be set up: no key \(test\/.*:\d+:\d+\)$/),
      ],
    });
    expect(disposed.toSorted()).toEqual(['fine', 'odd']);
  });
});
