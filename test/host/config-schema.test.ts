import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';

const file = fileURLToPath(new URL('../../docs/config.schema.json', import.meta.url));
const schema = z.fromJSONSchema(JSON.parse(readFileSync(file, 'utf8')));

test.each([
  {},
  { $schema: './node_modules/chatserv/docs/config.schema.json', standard: false },
  { plugins: { tcp: { port: 4120 }, registration: false, './roll.ts': { sides: 20 }, 'chatserv-plugin-x': true } },
  { limits: { lineBytes: 8192 } },
])('an editor finds nothing wrong with %j', (config) => {
  expect(schema.safeParse(config).success).toBe(true);
});

test.each([
  { plugin: {} },
  { plugins: { lokout: true } },
  { plugins: { tcp: { prot: 4120 } } },
  { plugins: { tcp: { port: 'http' } } },
  { limits: { lineBytes: 1 } },
])('an editor marks what is wrong in %j', (config) => {
  expect(schema.safeParse(config).success).toBe(false);
});
