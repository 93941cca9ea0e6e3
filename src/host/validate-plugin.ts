import { types } from 'node:util';
import { z } from 'zod';
import { type HookName, isSync } from '../api/handlers.ts';
import { PHASES } from '../hooks/phases.ts';
import { isParam, type ParamShape } from '../params/kinds.ts';
import type { Param } from '../params/param.ts';
import { Log } from '../services/message-log.ts';
import { isRole } from '../services/roles.ts';
import type { Tokens } from '../services/service.ts';
import { didYouMean } from '../usernames/nearest.ts';
import type { CommandSpec, Contributions, Plugin } from './define.ts';
import { isReleasedEntry } from './handlers.ts';
import { HOOKS, phaseEntry } from './hook-table.ts';
import { type Checked, checkAgainst, keysAt } from './options.ts';

// Checks at run time what the types of define.ts check in an editor: Node strips types without reading them.

const aFunction = z.instanceof(Function, { error: 'expected a function' });

/** A function whose result is not awaited. @param what it is, such as a hook */
const aSyncFunction = (what: string) =>
  aFunction.refine(
    (value) => !types.isAsyncFunction(value),
    `expected a function that is not async: this ${what} is not awaited`,
  );

const LINE = 'expected a line of text';
const line = z.string(LINE).regex(/^\S.*$/, LINE);

const NAME = "expected lower-case words with hyphens, such as 'quiet-hours'";
const name = z.string(NAME).regex(/^[\p{Ll}\p{Lo}\p{M}\p{N}]+(-[\p{Ll}\p{Lo}\p{M}\p{N}]+)*$/u, NAME);

const token = z.looseObject({ service: line }, 'expected a token, as token() makes them');
const tokens = z.record(z.string(), token, 'expected tokens by name, such as { accounts: Accounts }');

const aSchema = z.custom((value) => typeof Object(Object(value)['~standard']).validate === 'function', {
  error: 'expected a Standard Schema, such as z.strictObject({ ... })',
});

const definition = z.strictObject({
  name,
  summary: line,
  options: aSchema.optional(),
  needs: tokens,
  wants: tokens,
  provides: tokens,
  environment: z.record(z.string(), line, 'expected the names of variables by option'),
  setup: aFunction,
  restore: aFunction.optional(),
});

const WORD = 'expected a word';
const word = z.string(WORD).regex(/^\S+$/, WORD);
const count = z.custom((value) => typeof value === 'number' && value >= 0, 'expected a number of words').optional();

const VARIABLE = 'expected the name of a variable';
const param = z.custom<Param>((value) => isParam(Object(value).shape), 'expected an argument, such as param.word()');
const params = z.record(z.string(), param, 'expected arguments by name').superRefine((declared, context) => {
  const shapes = Object.entries(declared).map(([name, { shape }]) => ({ name, ...shape }));
  for (const [index, shape] of shapes.entries()) {
    const before = shapes[index - 1];
    const message = /^[A-Za-z]\w*$/.test(shape.name) ? before && orderError(before, shape) : VARIABLE;
    if (message) context.addIssue({ code: 'custom', message, path: [shape.name] });
  }
});

/** Why an argument cannot follow the one before it. */
function orderError(before: ParamShape & { name: string }, next: ParamShape): string | undefined {
  if (before.kind === 'text') return `expected nothing after '${before.name}', which takes the rest of the line`;
  const isWrong = before.optional && !next.optional;
  return isWrong ? `expected it to be optional, as '${before.name}' before it is` : undefined;
}

const command = z.strictObject(
  {
    name: word,
    aliases: z.array(word, 'expected a list of words').optional(),
    usage: line.optional(),
    summary: line,
    params: params.optional(),
    args: z.strictObject({ min: count, max: count }, 'expected { min, max }').optional(),
    overlaps: z.boolean('expected true or false').optional(),
    role: z.string().refine(isRole, 'expected lower-case letters, digits and hyphens').optional(),
    run: aFunction,
  },
  'expected a command',
);

const flag = z.boolean('expected true or false').optional();

/** Loose, since a codec may be an instance of a class. */
const codec = z.looseObject(
  {
    name,
    acknowledges: flag,
    takesOver: flag,
    pollsForMessages: flag,
    handsOver: flag,
    subprotocols: z.record(z.string(), z.enum(['text', 'binary']), 'expected text or binary by subprotocol').optional(),
    lineBytes: z.int('expected a whole number').positive().optional(),
    claims: aSyncFunction('method').optional(),
    open: aSyncFunction('method'),
    message: aSyncFunction('method'),
    entry: aSyncFunction('method').optional(),
  },
  'expected a codec',
);

const kind = z.strictObject(
  {
    name,
    version: z.int('expected a whole number').positive(),
    schema: aSchema,
    counts: z.boolean('expected true or false'),
    line: aSyncFunction('method').optional(),
    isShown: aSyncFunction('method').optional(),
  },
  'expected a kind of entries',
);

const order = z.enum(['pre', 'post'], "expected 'pre' or 'post'").optional();

/** The handlers of one hook, by phase. */
function handlersByPhase(hook: HookName): z.ZodType {
  const handler = isSync(hook) ? aSyncFunction('hook') : aFunction;
  const phases = PHASES.filter((phase) => phaseEntry(hook, phase) !== undefined);
  const filter = aSyncFunction('filter').optional();
  const ordered = z.strictObject({ order, filter, handler }, 'expected { order, filter, handler }');
  const shape = phases.map((phase) => [phase, z.union([handler, ordered]).optional()]);
  return z.union([handler, z.strictObject(Object.fromEntries(shape), `expected { ${phases.join(', ')} }`)]);
}

/** A handler as written for the last release. */
function releasedHandler(hook: HookName): z.ZodType {
  const handler = isSync(hook) ? aSyncFunction('hook') : aFunction;
  const phase = phaseEntry(hook, 'guard')
    ? z.literal('guard', "expected 'guard'")
    : z.undefined('expected none: nothing is refused in this hook');
  return z.strictObject({ phase: phase.optional(), order, handler }, 'expected { phase, order, handler }');
}

const HOOK_NAMES = Object.keys(HOOKS) as HookName[];

const ABSENT = z.undefined().optional();

/** The schema of each hook's handlers, built when a plugin first has some: it takes time to build all of them. */
const byHook = new Map<HookName, z.ZodType>();

function handlersOf(hook: HookName): z.ZodType {
  const schema = byHook.get(hook) ?? handlersByPhase(hook).optional();
  byHook.set(hook, schema);
  return schema;
}

/** The schema of a plugin's hooks: it names all, and checks those that there are. */
function hooksOf(given: unknown): z.ZodType {
  const shape = HOOK_NAMES.map((hook) => {
    const entry: unknown = Object(given)[hook];
    if (entry === undefined) return [hook, ABSENT];
    return [hook, isReleasedEntry(entry) ? releasedHandler(hook) : handlersOf(hook)];
  });
  return z.strictObject(Object.fromEntries(shape), 'expected handlers by hook');
}

const BEFORE =
  "Handlers run by phase (guard, transform, decide, observe), within it by `order`, 'pre' or 'post', and then in the order of the config.";

const RETURNED = {
  hooks: z.unknown().optional(),
  commands: z.array(z.unknown(), 'expected a list of commands').optional(),
  codecs: z.array(codec, 'expected a list of codecs').optional(),
  kinds: z.array(kind, 'expected a list of kinds').optional(),
  provide: z.strictObject({}, 'expected the services of provides').optional(),
  start: aFunction.optional(),
  stop: aFunction.optional(),
  dispose: aFunction.optional(),
};

const WITHOUT_SERVICES = z.strictObject(RETURNED, 'expected an object');

/** What is wrong with a plugin's definition, a sentence each. @param key its key in the config */
export async function definitionErrors(key: string, plugin: Plugin): Promise<readonly string[]> {
  const { given, ...defined } = plugin;
  const errors = await errorsIn(definition, defined, {
    config: `The plugin '${key}'`,
    at: [],
    belongs: (strange) => {
      if (Object.hasOwn(RETURNED, strange)) return 'It belongs in what setup returns.';
      return Object.hasOwn(command.shape, strange) ? 'It belongs in a command: see defineCommand.' : undefined;
    },
  });
  if (errors.length > 0) return errors;
  if (Object.values(plugin.provides).some(({ service }) => service === Log.service)) return [earlierStore(key)];
  return variablesOfNothing(key, plugin);
}

/** The message for a store of the first edition, which has no rooms. */
function earlierStore(key: string): string {
  return (
    `The plugin '${key}' provides the service 'log', and was written for an earlier chatserv: ` +
    `a store provides 'message-log' now, see docs/plugins/stores.md.`
  );
}

/** Environment variables that set an unknown option, a sentence each. */
function variablesOfNothing(key: string, { options, environment }: Plugin): string[] {
  const known = keysAt(options);
  const takesAny = options instanceof z.ZodObject && options.def.catchall instanceof z.ZodUnknown;
  if (takesAny || (options !== undefined && known.length === 0)) return [];
  const strange = Object.entries(environment).filter(([option]) => !known.includes(option));
  return strange.map(
    ([option, variable]) =>
      `The plugin '${key}': environment sets the unknown option '${option}' from ${variable}.${didYouMean(option, known)}`,
  );
}

/** What is wrong with what a plugin's set-up returned, a sentence each. @param key its key in the config */
export async function contributionErrors(
  key: string,
  { provides }: Plugin,
  returned: Contributions<Tokens>,
): Promise<readonly string[]> {
  const config = `The plugin '${key}'`;
  const errors = await errorsIn(returnedBy(provides), returned, { config, at: [], whole: 'what setup returns' });
  const { commands, hooks } = Object(returned) as { readonly commands?: unknown; readonly hooks?: unknown };
  errors.push(...(await hookErrors(config, hooks)));
  for (const [index, spec] of Array.isArray(commands) ? commands.entries() : []) {
    const called = (Object(spec) as Partial<CommandSpec>).name ?? index;
    const checked = { config: `${config}, command '${called}'`, at: [], belongs: inPlugin };
    errors.push(...(await errorsIn(command, spec, checked)));
  }
  return errors;
}

/** What is wrong with a plugin's hooks, a sentence each. */
async function hookErrors(config: string, hooks: unknown): Promise<string[]> {
  if (hooks === undefined) return [];
  const errors: string[] = [];
  const checked: Record<string, unknown> = {};
  for (const [hook, entry] of Object.entries(Object(hooks) as Record<string, unknown>)) {
    checked[hook] = entry;
    if (typeof entry !== 'object' || entry === null || !Object.hasOwn(entry, 'before')) continue;
    const { before, ...rest } = entry as { readonly before: unknown };
    checked[hook] = rest;
    errors.push(`${config}: hooks.${hook}.before is no longer supported. ${BEFORE}`);
  }
  const value = errors.length > 0 ? checked : hooks;
  return [...errors, ...(await errorsIn(hooksOf(value), value, { config, at: ['hooks'] }))];
}

function inPlugin(strange: string): string | undefined {
  const known = Object.hasOwn(definition.shape, strange) || Object.hasOwn(RETURNED, strange);
  return known ? 'It belongs to a plugin: see definePlugin.' : undefined;
}

function returnedBy(provides: Tokens): z.ZodType {
  const names = Object.keys(provides);
  if (names.length === 0) return WITHOUT_SERVICES;
  const service = z.custom(
    (value) => value !== undefined && value !== null,
    'expected the service that provides names',
  );
  const provide = z.strictObject(
    Object.fromEntries(names.map((one) => [one, service])),
    `expected the services of provides: ${names.join(', ')}`,
  );
  return z.strictObject({ ...RETURNED, provide }, 'expected an object');
}

async function errorsIn(schema: z.ZodType, value: unknown, checked: Checked): Promise<string[]> {
  const result = await checkAgainst(schema, value, checked);
  return 'errors' in result ? [...result.errors] : [];
}
