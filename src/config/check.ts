import { z } from 'zod';
import { LIMITS, type Limits } from '../kernel/limits.ts';
import type { Entries } from '../plugin/load.ts';
import { Mistakes } from '../plugin/mistakes.ts';

const count = z.int().positive();

const limits = z.strictObject({
  lineBytes: count.min(64).default(LIMITS.lineBytes).describe('The longest line of a client, in bytes'),
  inputBytes: count.default(LIMITS.inputBytes).describe('How much a client may send ahead of the answers, in bytes'),
  outboxBytes: count.default(LIMITS.outboxBytes).describe('How much may wait to be written to a client, in bytes'),
  passwordAttempts: count.default(LIMITS.passwordAttempts).describe('Wrong passwords before a connection is closed'),
  handlerTime: count.default(LIMITS.handlerTime).describe("How long a plugin's handler may take, in milliseconds"),
  closeTime: count.default(LIMITS.closeTime).describe('How long a closed connection may take to go, in milliseconds'),
});

const config = z.strictObject({
  standard: z.boolean().default(true),
  plugins: z.record(z.string(), z.union([z.boolean(), z.looseObject({})])).default({}),
  limits: limits.prefault({}),
});

/** A config that was checked and laid over the standard set. */
export interface CheckedConfig {
  readonly plugins: Entries;
  readonly limits: Limits;
}

/**
 * Checks a config's shape and lays it over the standard set. Plugins' options are checked when they are loaded.
 * @param name how the config is called in sentences
 * @throws Mistakes with everything that is wrong
 */
export function checkConfig(value: unknown, standard: unknown, name: string): CheckedConfig {
  const result = config.safeParse(value ?? {});
  if (!result.success) {
    throw new Mistakes(
      result.error.issues.map(
        ({ path, message }) => `${name}: ${path.length > 0 ? `${path.join('.')}: ` : ''}${message}.`,
      ),
    );
  }
  const base = result.data.standard ? config.parse(standard).plugins : {};
  const plugins: Record<string, boolean | object> = { ...base };
  for (const [key, entry] of Object.entries(result.data.plugins)) {
    const below = base[key];
    const both = typeof entry === 'object' && typeof below === 'object';
    plugins[key] = both ? { ...below, ...entry } : entry === true && typeof below === 'object' ? below : entry;
  }
  return { plugins, limits: result.data.limits };
}
