import { z } from 'zod';
import { clientEvents, serverEvents } from '../src/client/json-events.ts';
import { RECEIVED, SENT } from './json-examples.ts';

/** A JSON Schema, as far as the events use it. */
interface Schema {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly default?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly minimum?: number;
}

/** The events of one direction: their schema, and an example of each by its type. */
interface Direction {
  readonly events: z.ZodType;
  readonly io: 'input' | 'output';
  readonly examples: Readonly<Record<string, object>>;
}

const FROM_CLIENT: Direction = { events: clientEvents, io: 'input', examples: SENT };
const FROM_SERVER: Direction = { events: serverEvents, io: 'output', examples: RECEIVED };

/** One schema of both directions: a line of a client is a `sent`, a line of the server a `received`. */
export function jsonSchema(): string {
  const part = ({ events, io }: Direction) => {
    const { $schema, ...rest } = z.toJSONSchema(events, { io });
    return rest;
  };
  return JSON.stringify({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'A line of the JSON protocol of chatserv',
    anyOf: [{ $ref: '#/$defs/sent' }, { $ref: '#/$defs/received' }],
    // Both sides ignore unknown fields, so further ones are allowed.
    $defs: { sent: open(part(FROM_CLIENT)), received: open(part(FROM_SERVER)) },
  });
}

/** The same schema without what forbids further fields. */
function open(schema: unknown): unknown {
  return JSON.parse(JSON.stringify(schema), (key, value) =>
    key === 'additionalProperties' && value === false ? undefined : value,
  );
}

/** Tables of the events, for docs/json.md. */
export function eventsTables(): { sent: string; received: string } {
  return { sent: eventsTable(FROM_CLIENT), received: eventsTable(FROM_SERVER) };
}

function eventsTable(direction: Direction): string {
  const rows = eventsOf(direction).map(({ type, description, fields }) => {
    const names = fields.map(({ name, isRequired }) => `\`${name}\`${isRequired ? '' : '?'}`);
    return `| \`${type}\` | ${names.join(', ')} | ${description} |`;
  });
  return ['| type | fields | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

/** The page with every field of every event, and an example of each. */
export function jsonReference(): string {
  return `# JSON events

Generated from the code. How clients and servers use them: [json.md](../json.md).

## Sent by clients

${sections(FROM_CLIENT)}

## Sent by the server

${sections(FROM_SERVER)}
`;
}

/** @throws when an event has no example, or one that its schema refuses */
function sections(direction: Direction): string {
  const { events, examples } = direction;
  const parts = eventsOf(direction).map(({ type, description, fields }) => {
    const example = examples[type];
    events.parse(example);
    const rows = fields.map(({ name, isRequired, schema }) => {
      const missing = schema.default === undefined ? 'no' : `no, \`${JSON.stringify(schema.default)}\``;
      return `| \`${name}\` | ${kindOf(schema)} | ${isRequired ? 'yes' : missing} | ${schema.description} |`;
    });
    const table = ['| field | value | required | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
    return `### ${type}\n\n${description}.\n\n\`\`\`json\n${JSON.stringify(example)}\n\`\`\`\n\n${table}`;
  });
  return parts.join('\n\n');
}

/** @throws when an event or a field has no description */
function eventsOf({ events, io }: Direction) {
  const { oneOf = [], anyOf = oneOf } = z.toJSONSchema(events, { io }) as { oneOf?: Schema[]; anyOf?: Schema[] };
  return anyOf.map(({ description, properties = {}, required = [] }) => {
    const type = String(properties.type?.const);
    const fields = Object.entries(properties)
      .filter(([name]) => name !== 'type')
      .map(([name, schema]) => {
        if (schema.description === undefined)
          throw new Error(`src/client/json-events.ts: ${type}.${name} has no description`);
        return { name, isRequired: required.includes(name), schema };
      });
    if (description === undefined) throw new Error(`src/client/json-events.ts: ${type} has no description`);
    return { type, description, fields };
  });
}

/** The values of a field, in words. */
function kindOf(schema: Schema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(kindOf).join('; or ');
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.items !== undefined) return schema.minItems === 1 ? 'list of strings, not empty' : 'list of strings';
  const { minLength: least = 0, maxLength: most } = schema;
  const words = [schema.type ?? 'any JSON'];
  if (most !== undefined) words.push(least > 0 ? `${least} to ${most} characters` : `at most ${most} characters`);
  else if (least > 0) words.push('not empty');
  if (schema.minimum === 0) words.push('at least 0');
  return words.join(', ');
}
