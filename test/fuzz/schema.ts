import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const file = fileURLToPath(new URL('../../docs/json.schema.json', import.meta.url));

/** One of the events, an object whose `type` is a constant. */
type EventSchema = Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean> & {
  readonly properties: { readonly type: { readonly const: string } };
};

const events: readonly EventSchema[] = JSON.parse(readFileSync(file, 'utf8')).$defs.received.oneOf;

/** What the server sends, by its type: an event can only be the one of its type, and to look at all of them is dear. */
const received = new Map(
  events.map((event) => [
    event.properties.type.const,
    z.fromJSONSchema({ ...event, $schema: 'https://json-schema.org/draft/2020-12/schema' }),
  ]),
);

/** @throws when an event is not one that the published schema has the server send */
export function isReceived(event: { readonly type: string }): void {
  const schema = received.get(event.type);
  const wrong = schema === undefined ? 'no such type' : schema.safeParse(event).error?.message;
  if (wrong !== undefined) throw new Error(`${JSON.stringify(event)} does not fit docs/json.schema.json: ${wrong}`);
}
