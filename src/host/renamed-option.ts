import { z } from 'zod';

/** The schemas of options under their earlier names, with their new names. */
const renamed = z.registry<{ readonly to: string }>();

/**
 * Accepts an option under its earlier name: `{ codec: codecOption(), dialect: renamedOption('codec') }`. The host moves
 * the value to the new name, where it is checked, and logs one line that asks to rename it.
 */
export function renamedOption(to: string) {
  return z
    .unknown()
    .optional()
    .meta({ description: `Now called \`${to}\``, deprecated: true })
    .register(renamed, { to });
}

/** Whether a schema is that of an option under its earlier name. */
export function isRenamed(schema: unknown): boolean {
  return schema instanceof z.ZodType && renamed.has(schema);
}

/**
 * Moves options from earlier names to their new ones. Where both are given the new one counts.
 * @returns the options, and the earlier names that were found, each with its new one
 */
export function withNewNames(
  schema: unknown,
  given: object,
): { readonly options: object; readonly found: readonly (readonly [string, string])[] } {
  if (!(schema instanceof z.ZodObject)) return { options: given, found: [] };
  const found = Object.keys(given).flatMap((name) => {
    const entry = Object.hasOwn(schema.shape, name) ? renamed.get(schema.shape[name]) : undefined;
    return entry === undefined ? [] : [[name, entry.to] as const];
  });
  const options: Record<string, unknown> = { ...given };
  for (const [from, to] of found) {
    if (!Object.hasOwn(options, to)) options[to] = options[from];
    delete options[from];
  }
  return { options, found };
}
