import { inspect } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { didYouMean } from '../usernames/nearest.ts';
import { isRenamed } from './renamed-option.ts';

/** How much of a wrong value a message shows, in characters. */
const SHOWN = 200;

/** What is checked, for messages. */
export interface Checked {
  /** The config's name in messages. */
  readonly config: string;
  /** The path of the value in it: `['plugins', 'tcp']`; empty for the whole. */
  readonly at: readonly PropertyKey[];
  /** The name of the whole in messages; `it` by default. */
  readonly whole?: string;
  /** Environment variables that may set its keys: `port` by `PORT`. */
  readonly variables?: Readonly<Record<string, string>>;
  /** The keys that one of them has set. Their values are not shown: they may be secrets. */
  readonly set?: ReadonlySet<string>;
  /** Where an unknown key belongs, as a sentence. */
  readonly belongs?: (key: string) => string | undefined;
}

/** A checked value with defaults, or what is wrong with it, a sentence each. */
export type CheckResult<T> = { readonly value: T } | { readonly errors: readonly string[] };

/** An issue, with what zod adds to the standard. */
type Issue = StandardSchemaV1.Issue & {
  readonly code?: string;
  /** The unknown keys of an object. */
  readonly keys?: readonly string[];
  /** The issues of each schema of a union. */
  readonly errors?: readonly (readonly Issue[])[];
};

/** Checks a value of a config against any Standard Schema. */
export async function checkAgainst<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
  checked: Checked,
): Promise<CheckResult<StandardSchemaV1.InferOutput<S>>> {
  const result = await validate(schema, value);
  if (result.issues === undefined) return { value: result.value };
  return {
    errors: distinct(result.issues.flatMap(narrowed)).flatMap((issue) => sentences(issue, value, schema, checked)),
  };
}

/** Checks a value once: zod would compile a function for each object of the schema, which takes longer than the check. */
async function validate<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
): Promise<StandardSchemaV1.Result<StandardSchemaV1.InferOutput<S>>> {
  if (!(schema instanceof z.ZodType)) return await schema['~standard'].validate(value);
  const { data, error } = await schema.safeParseAsync(value, { jitless: true });
  return error === undefined ? { value: data as StandardSchemaV1.InferOutput<S> } : { issues: error.issues };
}

/**
 * Keeps one issue of each sort per value. Zod also checks the length of a value that is not a string, and reports a number
 * that is too big both as an integer and for the option.
 */
function distinct(issues: readonly Issue[]): readonly Issue[] {
  const byPath = Map.groupBy(issues, (issue) => JSON.stringify(stepsOf(issue).map(String)));
  return [...byPath.values()].flatMap((all) => {
    const ofAnotherKind = all.find(({ code }) => code === 'invalid_type' || code === 'invalid_union');
    if (ofAnotherKind !== undefined) return [ofAnotherKind, ...all.filter(({ keys }) => keys !== undefined)];
    return [...new Map(all.map((issue) => [issue.keys ?? issue.code ?? issue.message, issue])).values()];
  });
}

/** A path in a config as it is written: `plugins['./dice.ts'].sides`. */
function pathOf(steps: readonly PropertyKey[]): string {
  return steps.reduce<string>((path, step) => {
    if (typeof step === 'number') return `${path}[${step}]`;
    const word = String(step);
    if (!/^[\w$-]+$/.test(word)) return `${path}['${word}']`;
    return path === '' ? word : `${path}.${word}`;
  }, '');
}

function stepsOf(issue: Issue): PropertyKey[] {
  return (issue.path ?? []).map((step) => (typeof step === 'object' ? step.key : step));
}

/** The issues of a union by its schema for the given type of value; if none takes that type, one issue with all types. */
function narrowed(issue: Issue): readonly Issue[] {
  if (issue.errors === undefined || issue.errors.length === 0 || issue.message !== 'Invalid input') return [issue];
  const isOfAnotherKind = ({ code, path = [] }: Issue) =>
    path.length === 0 && (code === 'invalid_type' || code === 'invalid_value');
  const fitting = issue.errors.filter((branch) => !branch.some(isOfAnotherKind));
  const [only] = fitting;
  if (only !== undefined && fitting.length === 1) {
    return only.flatMap((one) => narrowed({ ...one, path: [...(issue.path ?? []), ...(one.path ?? [])] }));
  }
  if (fitting.length > 1) return [issue];
  const kinds = issue.errors.map(([first]) => (first === undefined ? '' : textOf(first)).replace(/^expected /, ''));
  return [{ ...issue, message: `expected ${[...new Set(kinds)].join(' or ')}` }];
}

/** An issue's message without what the sentence says already. */
function textOf({ message }: Issue): string {
  const text = message
    .replace(/^Invalid (input|option): /, '')
    .replace(/, received \w+$/, '')
    // Zod's word for an object with any keys.
    .replace(/^expected record$/, 'expected object');
  return text.charAt(0).toLowerCase() + text.slice(1);
}

function sentences(issue: Issue, value: unknown, schema: StandardSchemaV1, checked: Checked): readonly string[] {
  const { config, at, whole = 'it', variables = {}, set = new Set() } = checked;
  const steps = stepsOf(issue);
  const path = pathOf([...at, ...steps]) || whole;
  if (issue.keys !== undefined) return issue.keys.map((key) => unknownKey(key, steps, schema, checked));
  const [first] = steps;
  const variable = first === undefined ? undefined : variables[String(first)];
  if (variable !== undefined && set.has(String(first))) {
    const text = textOf(issue);
    // Messages of other schemas may quote the value.
    const hidden =
      schema['~standard'].vendor === 'zod' ? text : text.replaceAll(String(valueAt(value, [first ?? ''])), '...');
    return [`${config}: ${path}, set by ${variable} in the environment, is invalid: ${hidden}.`];
  }
  const given = steps.length === 0 ? without(value, set) : valueAt(value, steps);
  if (given !== undefined) return [`${config}: ${path} is ${shown(given)}: ${textOf(issue)}.`];
  const orSet = variable === undefined || steps.length > 1 ? '' : `; set it, or ${variable} in the environment`;
  return [`${config}: ${path} is missing: ${textOf(issue)}${orSet}.`];
}

/** A value as a message shows it. YAML can make values that contain themselves, or that are huge when written out. */
function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 10, maxStringLength: SHOWN });
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function without(value: unknown, keys: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null || keys.size === 0) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.has(key)));
}

function unknownKey(key: string, steps: readonly PropertyKey[], schema: unknown, checked: Checked): string {
  const { config, at, belongs } = checked;
  const strange = `${config}: ${pathOf([...at, ...steps, key])} is unknown.`;
  const elsewhere = steps.length === 0 ? belongs?.(key) : undefined;
  if (elsewhere !== undefined) return `${strange} ${elsewhere}`;
  const known = keysAt(schema, steps);
  return `${strange}${didYouMean(key, known)}${known.length === 0 ? '' : ` Known: ${known.join(', ')}.`}`;
}

function valueAt(value: unknown, steps: readonly PropertyKey[]): unknown {
  let found = value;
  for (const step of steps) found = typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined;
  return found;
}

/** The keys that a zod schema knows at a path, without earlier names; other schemas have none. */
export function keysAt(schema: unknown, steps: readonly PropertyKey[] = []): readonly string[] {
  let found = bare(schema);
  for (const step of steps) {
    if (found instanceof z.ZodObject) found = bare(found.shape[String(step)]);
    else if (found instanceof z.ZodArray) found = bare(found.element);
    else if (found instanceof z.ZodRecord) found = bare(found.valueType);
    else return [];
  }
  if (!(found instanceof z.ZodObject)) return [];
  const { shape } = found;
  return Object.keys(shape).filter((key) => !isRenamed(shape[key]));
}

/** A schema without its defaults; of a union, the object in it. */
function bare(schema: unknown): unknown {
  let found = schema;
  while (found instanceof z.ZodDefault || found instanceof z.ZodPrefault || found instanceof z.ZodOptional) {
    found = found.unwrap();
  }
  return found instanceof z.ZodUnion ? found.options.map(bare).find((one) => one instanceof z.ZodObject) : found;
}
