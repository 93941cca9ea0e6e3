import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Options with those that the environment sets. */
export interface SetOptions {
  readonly value: Readonly<Record<string, unknown>>;
  /** The keys that it set. */
  readonly set: ReadonlySet<string>;
}

/**
 * Overrides a plugin's options by environment variables. A variable stays text where the schema accepts text, so a token
 * of digits does not become a number. Otherwise it becomes the number, true or false that it spells.
 * @param variables the names of variables by option; an empty variable sets nothing
 */
export async function withEnvironment(
  schema: StandardSchemaV1,
  given: object,
  variables: Readonly<Record<string, string>>,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<SetOptions> {
  const texts = Object.entries(variables).flatMap(([option, variable]) => {
    const text = environment[variable];
    return text === undefined || text === '' ? [] : [[option, text] as const];
  });
  const value: Record<string, unknown> = { ...given, ...Object.fromEntries(texts) };
  if (texts.length === 0) return { value, set: new Set() };
  const objections = await objectionsTo(schema, value);
  for (const [option, text] of texts) {
    if (!objections.has(option)) continue;
    const spelt = spelling(text);
    if (spelt === undefined) continue;
    const objection = (await objectionsTo(schema, { ...value, [option]: spelt })).get(option);
    // If neither fits, the error should be about the type of value that was meant.
    if (objection === undefined || (isAboutKind(objections.get(option)) && !isAboutKind(objection)))
      value[option] = spelt;
  }
  return { value, set: new Set(texts.map(([option]) => option)) };
}

/** A schema's issues by option. */
async function objectionsTo(schema: StandardSchemaV1, value: unknown): Promise<Map<string, StandardSchemaV1.Issue>> {
  const { issues = [] } = await schema['~standard'].validate(value);
  return new Map(
    issues.map((issue) => {
      const [step] = issue.path ?? [];
      return [String(typeof step === 'object' ? step.key : step), issue];
    }),
  );
}

/** Whether an issue of zod is about the value's type. */
function isAboutKind(issue: StandardSchemaV1.Issue | undefined): boolean {
  return /^invalid_(type|union)$/.test(String((issue as { code?: unknown } | undefined)?.code));
}

function spelling(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}
