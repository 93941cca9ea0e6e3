import { definePlugin, withOptions, z } from 'chatserv';
import { describe, expect, test } from 'vitest';
import { Folder } from '../support/command-line.ts';
import { configErrorsOf, planned } from '../support/config-errors.ts';

describe('a wrong option is said with its place, what it is, and what is allowed', () => {
  test.each<[string, object, string]>([
    ['in a list', { http: { proxies: ['10.0.0.0/8', 5] } }, 'plugins.http.proxies[1] is 5: expected string.'],
    ['of a name with a hyphen', { 'login-rate': { user: -1 } }, 'plugins.login-rate.user is unknown. '],
    ['that is missing', { tls: true }, 'plugins.tls.certificate is missing: expected string.'],
    ['of another kind', { tcp: { port: 'x' } }, 'plugins.tcp.port is "x": expected number.'],
  ])('%s', async (_what, plugins, sentence) => {
    expect(await configErrorsOf({ plugins })).toContainEqual(expect.stringContaining(`c.json: ${sentence}`));
  });

  test.each<[unknown, string]>([
    ['x', 'plugins.odd.way is "x": expected number or one of "a"|"b" or object'],
    [{ eech: 1 }, "plugins.odd.way.eech is unknown. Did you mean 'each'? Known: each"],
    [{ each: 'x' }, 'plugins.odd.way.each is "x": expected number'],
  ])('where several kinds are allowed: %j', async (way, said) => {
    const each = z.strictObject({ each: z.number().optional() });
    const options = z.strictObject({ way: z.union([z.number(), z.enum(['a', 'b']), each]) });
    const plugin = definePlugin({ name: 'odd', summary: 'Takes several kinds', options, setup: () => ({}) });
    expect(await configErrorsOf({ plugins: { odd: { ...plugin, given: { way } } } })).toEqual([`c.json: ${said}.`]);
  });

  test('where a list stands for what has names', async () => {
    const options = z.strictObject({ colours: z.record(z.string(), z.string()) });
    const plugin = definePlugin({ name: 'odd', summary: 'Takes names', options, setup: () => ({}) });
    expect(await configErrorsOf({ plugins: { odd: withOptions(plugin, { colours: ['red'] as never }) } })).toEqual([
      "c.json: plugins.odd.colours is [ 'red' ]: expected object.",
    ]);
  });

  test('of a plugin by its file, and the variable that may set it', async () => {
    const hook = `import { definePlugin, z } from 'chatserv';
export default definePlugin({
  name: 'hook', summary: 'x', options: z.strictObject({ token: z.string() }), environment: { token: 'HOOK_TOKEN' },
  setup: () => ({}),
});`;
    await using folder = await Folder.with({ 'hook.ts': hook });
    expect(await configErrorsOf({ plugins: { './hook.ts': true } }, { folder: folder.path })).toEqual([
      "c.json: plugins['./hook.ts'].token is missing: expected string; set it, or HOOK_TOKEN in the environment.",
    ]);
  });
});

describe('an option that the environment sets', () => {
  const hook = definePlugin({
    name: 'hook',
    summary: 'Takes options of all kinds',
    options: z
      .strictObject({
        token: z.string().min(10).default('0123456789'),
        seconds: z.number().positive().default(1),
        loud: z.boolean().default(false),
        place: z.string().optional(),
      })
      .refine(({ token, place }) => token !== place, 'Allowed are two that differ'),
    environment: { token: 'TOKEN', seconds: 'SECONDS', loud: 'LOUD' },
    setup: () => ({}),
  });
  const config = { standard: false, plugins: { hook } };

  test('stays the text that it is where text is allowed, and is read as what is allowed elsewhere', async () => {
    const environment = { TOKEN: '1234567890123456', SECONDS: '0.5', LOUD: 'true' };
    const loaded = (await planned(config, { environment })).find(({ key }) => key === 'hook');
    expect(loaded?.options).toEqual({ token: '1234567890123456', seconds: 0.5, loud: true });
  });

  test.each<[Record<string, string>, string]>([
    [{ TOKEN: '13579' }, 'plugins.hook.token, set by TOKEN in the environment, is invalid: too small: expected string'],
    [{ SECONDS: '-97' }, 'plugins.hook.seconds, set by SECONDS in the environment, is invalid: too small: expected n'],
    [{ SECONDS: 'secret' }, 'plugins.hook.seconds, set by SECONDS in the environment, is invalid: expected number.'],
    [{ LOUD: 'secret' }, 'plugins.hook.loud, set by LOUD in the environment, is invalid: expected boolean.'],
  ])('%j is answered without its value', async (environment, sentence) => {
    const [said, ...more] = await configErrorsOf(config, { environment });
    expect(said).toContain(sentence);
    expect(more).toEqual([]);
    for (const value of Object.values(environment)) expect(said).not.toContain(value);
  });

  test('is not shown either where the options as a whole are wrong', async () => {
    const plugins = { hook: withOptions(hook, { place: 'mysecretplace' }) };
    const said = await configErrorsOf({ standard: false, plugins }, { environment: { TOKEN: 'mysecretplace' } });
    expect(said).toEqual(["c.json: plugins.hook is { place: 'mysecretplace' }: allowed are two that differ."]);
  });

  test('is not shown by another library that shows values', async () => {
    const validate = (value: unknown) => ({
      issues: [{ message: `Expected words but received ${(value as { token: string }).token}`, path: ['token'] }],
    });
    const options = { '~standard': { version: 1 as const, vendor: 'other', validate } };
    const other = definePlugin({
      name: 'other',
      summary: 'x',
      options,
      environment: { token: 'TOKEN' },
      setup: () => ({}),
    });
    expect(await configErrorsOf({ standard: false, plugins: { other } }, { environment: { TOKEN: '97531' } })).toEqual([
      'c.json: plugins.other.token, set by TOKEN in the environment, is invalid: expected words but received ....',
    ]);
  });
});
