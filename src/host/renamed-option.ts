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
 * Moves options from earlier names to their new ones. Where both are given the later one counts: a config stands after
 * the standard set that it is laid over.
 * @returns the options, and the earlier names that were found, each with its new one
 */
export function withNewNames(
  schema: unknown,
  given: object,
): { readonly options: object; readonly found: readonly (readonly [string, string])[] } {
  if (!(schema instanceof z.ZodObject)) return { options: given, found: [] };
  const found: [string, string][] = [];
  const options = Object.entries(given).map(([name, value]) => {
    const entry = Object.hasOwn(schema.shape, name) ? renamed.get(schema.shape[name]) : undefined;
    if (entry === undefined) return [name, value] as const;
    found.push([name, entry.to]);
    return [entry.to, value] as const;
  });
  return { options: Object.fromEntries(options), found };
}
