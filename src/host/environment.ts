import type { StandardSchemaV1 } from '@standard-schema/spec';

/** Options with those that the environment sets. */
export interface SetOptions {
  readonly value: Readonly<Record<string, unknown>>;
  /** The keys that it set. */
  readonly set: ReadonlySet<string>;
}

/**
 * Lays what environment variables set over a plugin's options. A variable is text, and stays so where the schema takes
 * it: a token of digits is no number. Else it is the number, or true or false, that it spells.
 * @param variables the option's key and the variable's name; one that is empty sets nothing
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
  const objections = await objectionsTo(schema, value);
  for (const [option, text] of texts) {
    if (!objections.has(option)) continue;
    const spelt = spelling(text);
    if (spelt === undefined) continue;
    const objection = (await objectionsTo(schema, { ...value, [option]: spelt })).get(option);
    // Where neither will do, what is said is about the kind of value that was meant.
    if (objection === undefined || (isAboutKind(objections.get(option)) && !isAboutKind(objection)))
      value[option] = spelt;
  }
  return { value, set: new Set(texts.map(([option]) => option)) };
}

/** What a schema says against options, by their keys. */
async function objectionsTo(schema: StandardSchemaV1, value: unknown): Promise<Map<string, StandardSchemaV1.Issue>> {
  const { issues = [] } = await schema['~standard'].validate(value);
  return new Map(
    issues.map((issue) => {
      const [step] = issue.path ?? [];
      return [String(typeof step === 'object' ? step.key : step), issue];
    }),
  );
}

/** Whether an objection of zod's is that the value is of another kind. */
function isAboutKind(issue: StandardSchemaV1.Issue | undefined): boolean {
  return /^invalid_(type|union)$/.test(String((issue as { code?: unknown } | undefined)?.code));
}

function spelling(text: string): number | boolean | undefined {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() === '' || Number.isNaN(Number(text)) ? undefined : Number(text);
}
