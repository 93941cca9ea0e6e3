import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const file = fileURLToPath(new URL('../docs/json.schema.json', import.meta.url));
const { $defs } = JSON.parse(readFileSync(file, 'utf8'));
const received = z.fromJSONSchema({ $schema: 'https://json-schema.org/draft/2020-12/schema', ...$defs.received });

/** @throws when an event is not one that the published schema has the server send */
export function isReceived(event: unknown): void {
  const { success, error } = received.safeParse(event);
  if (!success) throw new Error(`${JSON.stringify(event)} does not fit docs/json.schema.json: ${error.message}`);
}
