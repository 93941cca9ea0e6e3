import { inspect } from 'node:util';
import type { StandardSchemaV1 } from '@standard-schema/spec';
import { z } from 'zod';
import { didYouMean } from './mistakes.ts';

/** How much of a wrong value a sentence shows, in characters. */
const SHOWN = 200;

/** What is checked, as sentences call it. */
export interface Checked {
  /** The config, as it is named in sentences. */
  readonly config: string;
  /** Where in it the value stands: `plugins.tcp`; empty for the whole. */
  readonly path: string;
  /** Keys that were set from elsewhere, with where: `port` from `the environment's PORT`. */
  readonly from?: Readonly<Record<string, string>>;
}

/** A checked value with its defaults, or what is wrong with it, a sentence each. */
export type CheckResult<T> = { readonly value: T } | { readonly mistakes: readonly string[] };

/** Checks a value of a config against any Standard Schema. */
export async function checkAgainst<S extends StandardSchemaV1>(
  schema: S,
  value: unknown,
  checked: Checked,
): Promise<CheckResult<StandardSchemaV1.InferOutput<S>>> {
  const result = await schema['~standard'].validate(value);
  if (result.issues === undefined) return { value: result.value };
  return { mistakes: result.issues.flatMap((issue) => sentences(issue, value, schema, checked)) };
}

function sentences(
  issue: StandardSchemaV1.Issue,
  value: unknown,
  schema: StandardSchemaV1,
  checked: Checked,
): readonly string[] {
  const steps = (issue.path ?? []).map((step) => String(typeof step === 'object' ? step.key : step));
  const path = [checked.path, ...steps].filter((part) => part !== '').join('.');
  const strange = (issue as { keys?: unknown }).keys;
  if (Array.isArray(strange))
    return strange.map((key) => unknownKey(String(key), path, keysAt(schema, steps), checked));
  const given = valueAt(value, steps);
  const what = given === undefined ? 'is missing' : `is ${shown(given)}`;
  const origin = steps[0] === undefined ? undefined : checked.from?.[steps[0]];
  const whence = origin === undefined ? '' : ` (from ${origin})`;
  return [`${checked.config}: ${path === '' ? 'it' : path} ${what}${whence}: ${lowerFirst(issue.message)}.`];
}

/** A value as a sentence shows it, whatever it is: YAML can make what holds itself, or grows without end when written out. */
function shown(value: unknown): string {
  const text =
    typeof value === 'string'
      ? JSON.stringify(value)
      : inspect(value, { depth: 2, breakLength: Number.POSITIVE_INFINITY, maxArrayLength: 10, maxStringLength: SHOWN });
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text;
}

function unknownKey(key: string, path: string, known: readonly string[], { config }: Checked): string {
  const there = known.length === 0 ? '' : ` Known: ${known.join(', ')}.`;
  return `${config}: ${path === '' ? key : `${path}.${key}`} is not known.${didYouMean(key, known)}${there}`;
}

function valueAt(value: unknown, steps: readonly string[]): unknown {
  let found = value;
  for (const step of steps) found = typeof found === 'object' && found !== null ? Reflect.get(found, step) : undefined;
  return found;
}

/** The keys that a zod schema knows at a path; of other schemas nothing is known. */
function keysAt(schema: unknown, steps: readonly string[]): readonly string[] {
  let found = bare(schema);
  for (const step of steps) found = found instanceof z.ZodObject ? bare(found.shape[step]) : undefined;
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function bare(schema: unknown): unknown {
  let found = schema;
  while (found instanceof z.ZodDefault || found instanceof z.ZodPrefault || found instanceof z.ZodOptional) {
    found = found.unwrap();
  }
  return found;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
