import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { METRICS } from './catalogue.ts';

const read = (file: string) => readFile(new URL(`../../${file}`, import.meta.url), 'utf8');

test('the alerts ask for metrics and events that there are, and the docs say what to do about each', async () => {
  const rules = await read('packaging/prometheus/chatserv.rules.yml');
  const docs = await read('docs/operations.md');
  const known = new Set(METRICS.flatMap(({ name, type }) => (type === 'histogram' ? [`${name}_bucket`] : [name])));
  const used = [...rules.matchAll(/\b(?:chatserv|process|nodejs)_[a-z_]+/g)].map(([name]) => name);
  expect(used.length).toBeGreaterThan(10);
  for (const name of used) expect(known, name).toContain(name);
  const events = [...rules.matchAll(/event="([a-z-]+)"/g)].map(([, event]) => event);
  for (const event of events) expect(docs).toContain(`\n| \`${event}\` | `);
  const alerts = [...rules.matchAll(/- alert: (\w+)/g)].map(([, name = '']) => name);
  expect([...docs.matchAll(/^\| `(Chatserv\w+)` \|/gm)].map(([, name]) => name)).toEqual(alerts);
});
