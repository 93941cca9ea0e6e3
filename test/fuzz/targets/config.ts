import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import standardConfig from '../../../chatserv.config.ts';
import standard from '../../../plugins/standard.ts';
import { checkConfig } from '../../../src/config/check.ts';
import { findConfig } from '../../../src/config/find.ts';
import { ConfigErrors } from '../../../src/host/config-errors.ts';
import { LIMITS } from '../../../src/host/limits.ts';
import { plan } from '../../../src/host/plan.ts';
import { loadStandardSet } from '../../../src/host/standard.ts';
import type { Target } from '../engine.ts';
import { type Input, oddPiece, segments } from '../input.ts';
import type { Random } from '../random.ts';
import { areSentences } from '../sentences.ts';

/**
 * Whatever a config file says, in JSON or in YAML: it is taken, or everything that is wrong with it is told in
 * sentences, which the command line prints before it exits with 2; nothing else is thrown.
 */
export const config: Target = {
  name: 'config',
  code: /\/(config|plugin)\/(check|find|load|options|config-errors|order)\.ts$/,
  batch: 50,
  make,
  async try(input) {
    folder ??= mkdtempSync(join(tmpdir(), 'chatserv-fuzz-'));
    const bytes = Buffer.concat(input);
    const file = join(folder, bytes.subarray(0, 1).toString() === '{' ? 'config.json' : 'config.yaml');
    writeFileSync(file, bytes);
    try {
      const found = await findConfig(file, folder);
      const checked = await checkConfig(found.value, await loadStandardSet(), found.name);
      await plan({ ...checked, place: { folder, name: found.name } });
    } catch (thrown) {
      if (!(thrown instanceof ConfigErrors)) throw thrown;
      areSentences(thrown.sentences);
    }
  },
  async close() {
    if (folder !== undefined) rmSync(folder, { recursive: true });
    folder = undefined;
  },
};

let folder: string | undefined;

const KEYS: readonly string[] = [
  ...['plugins', 'limits', 'standard', '$schema', 'plugin', 'limit', 'host', 'port', 'file', 'attempts', 'to', 'name'],
  ...[
    './none.ts',
    '../x',
    '/none',
    'chatserv-plugin-none',
    '@a/b',
    'lokout',
    'setup',
    '__proto__',
    'constructor',
    '',
    'a b',
  ],
];

const SCALARS: readonly unknown[] = [
  ...[
    true,
    false,
    null,
    0,
    1,
    -1,
    0.5,
    4119,
    65536,
    2 ** 53,
    1e308,
    '',
    'x',
    '127.0.0.1',
    'everyone',
    '3',
    'true',
    {},
    [],
  ],
];

function make(random: Random): Input {
  const value = random.oneIn(8) ? tree(random, 3) : likely(random);
  if (random.oneIn(2)) return segments(Buffer.from(JSON.stringify(value)), random);
  const lines = yaml(value, random, '').split('\n');
  if (random.oneIn(4)) lines.splice(random.below(lines.length + 1), 0, oddPiece(random).toString('latin1'));
  return segments(Buffer.from(lines.join('\n')), random);
}

/** What has the shape of a config. */
function likely(random: Random): object {
  const names = Object.keys(standard);
  const plugins = random.some(6, () => [random.oneIn(4) ? random.pick(KEYS) : random.pick(names), entry(random)]);
  const limits = random.some(4, () => [random.pick([...Object.keys(LIMITS), ...KEYS]), random.pick(SCALARS)]);
  return {
    ...(random.oneIn(4) && { standard: random.pick(SCALARS) }),
    ...(!random.oneIn(6) && { plugins: Object.fromEntries(plugins) }),
    ...(random.oneIn(3) && { limits: Object.fromEntries(limits) }),
    ...(random.oneIn(9) && { [random.pick(KEYS)]: tree(random, 2) }),
  };
}

function entry(random: Random): unknown {
  if (random.oneIn(2)) return random.pick(SCALARS);
  const options = Object.values((standardConfig.plugins ?? {}) as object).flatMap((given) => Object.keys(given));
  return Object.fromEntries(random.some(3, () => [random.pick([...options, ...KEYS]), random.pick(SCALARS)]));
}

function tree(random: Random, depth: number): unknown {
  if (depth === 0 || random.oneIn(3)) return random.pick(SCALARS);
  if (random.oneIn(3)) return random.some(4, () => tree(random, depth - 1));
  return Object.fromEntries(random.some(4, () => [random.pick(KEYS), tree(random, depth - 1)]));
}

/** A value in YAML, with what only YAML has here and there: anchors, aliases, merges, tags. */
function yaml(value: unknown, random: Random, indent: string): string {
  if (random.oneIn(15))
    return random.pick(['*a', '&a {}', '&a [*a]', '!!binary aGk=', '2026-01-01', '.nan', '!!set {a}', '|\n  x']);
  const anchor = random.oneIn(8) ? '&a ' : '';
  if (Array.isArray(value)) return `${anchor}[${value.map((one) => JSON.stringify(one)).join(', ')}]`;
  if (typeof value !== 'object' || value === null || Object.keys(value).length === 0)
    return anchor + JSON.stringify(value);
  const members = Object.entries(value).map(([key, one]) => {
    const within = yaml(one, random, `${indent}  `);
    return `${indent}${/^[\w$]+$/.test(key) ? key : JSON.stringify(key)}: ${within}`;
  });
  if (random.oneIn(10)) members.push(`${indent}<<: ${random.pick(['*a', '{x: 1}', '[*a, *a]', '3'])}`);
  return `${anchor}\n${members.join('\n')}`;
}
