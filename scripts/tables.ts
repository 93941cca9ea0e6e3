import { z } from 'zod';

/** A table of what options a schema takes. */
export function optionsTable(schema: z.ZodType): string {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  const options = Object.entries(properties) as [
    string,
    { description?: string; default?: unknown } & Record<string, unknown>,
  ][];
  const rows = options
    .filter(([, { deprecated }]) => deprecated !== true)
    .map(([key, option]) => {
      return `| \`${key}\` | ${allowed(option)} | ${option.default === undefined ? '' : `\`${JSON.stringify(option.default)}\``} | ${option.description ?? ''} |`;
    });
  return ['| option | allowed | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function allowed(option: Record<string, unknown>): string {
  if (Array.isArray(option.enum)) return option.enum.map((value) => `\`${JSON.stringify(value)}\``).join(', ');
  const bounds = [];
  if (option.minimum !== undefined) bounds.push(`at least ${option.minimum}`);
  if (option.exclusiveMinimum !== undefined) bounds.push(`more than ${option.exclusiveMinimum}`);
  if (typeof option.maximum === 'number' && option.maximum < Number.MAX_SAFE_INTEGER)
    bounds.push(`at most ${option.maximum}`);
  return [option.type, ...bounds].filter((part) => part !== undefined).join(', ');
}
