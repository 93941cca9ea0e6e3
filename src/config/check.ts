import { z } from 'zod';
import { addressList } from '../addresses/address-list.ts';
import { LIMITS, type Limits } from '../host/limits.ts';
import type { Entries } from '../host/load.ts';
import { checkAgainst } from '../host/options.ts';
import { renamedOption, withNewNames } from '../host/renamed-option.ts';
import type { StandardPlugins, StandardSet } from '../host/standard.ts';
import { LEVELS, type Level } from '../logging/style.ts';

const count = z.int().positive();
const rate = z.number().nonnegative();

/** The schema of `limits`; the docs' table is made from it. */
export const limits = z.strictObject({
  exempt: addressList
    .default([...LIMITS.exempt])
    .describe(
      'Addresses or networks (`10.0.0.0/8`) that are exempt from limits per network and from bans of addresses, as are clients without an IP address',
    ),
  lineBytes: count
    .min(64)
    .default(LIMITS.lineBytes)
    .describe('The longest line of a client, in bytes; more where its codec needs more'),
  inputBytes: count.default(LIMITS.inputBytes).describe('How much a client may send ahead of its answers, in bytes'),
  outboxBytes: count.default(LIMITS.outboxBytes).describe('How much may be queued for a client, in bytes'),
  unacknowledged: count
    .default(LIMITS.unacknowledged)
    .describe('The most unacknowledged messages of a client, if its codec acknowledges'),
  commandsUnderWay: count
    .default(LIMITS.commandsUnderWay)
    .describe('How many messages of one client may be in flight to the store'),
  linesPerSecond: rate.default(LIMITS.linesPerSecond).describe('The sustained rate of lines per second; 0 is no limit'),
  lineBurst: count
    .default(LIMITS.lineBurst)
    .describe('How many lines a client may send at once, and how many more are refused before it is closed'),
  bytesPerSecond: rate.default(LIMITS.bytesPerSecond).describe('The sustained rate of bytes per second; 0 is no limit'),
  byteBurst: count
    .default(LIMITS.byteBurst)
    .describe('How many bytes a client may send at once, and how many more are refused before it is closed'),
  loginLines: count.default(LIMITS.loginLines).describe('How many lines a client may send before it is logged in'),
  passwordAttempts: count.default(LIMITS.passwordAttempts).describe('Wrong passwords before a connection is closed'),
  handlerTime: count.default(LIMITS.handlerTime).describe("How long a plugin's handler may take, in milliseconds"),
  quarantineAfter: z
    .int()
    .nonnegative()
    .default(LIMITS.quarantineAfter)
    .describe('After how many failures a plugin is no longer called until a reload; 0 is never'),
  quarantineTime: count
    .default(LIMITS.quarantineTime)
    .describe('The period in which these failures are counted, in milliseconds'),
  eventLoopStall: count
    .default(LIMITS.eventLoopStall)
    .describe('How long a plugin may block the event loop before it is named in the log, in milliseconds'),
  setupTime: count
    .default(LIMITS.setupTime)
    .describe(
      "How long a plugin's module, options, `setup` and `start` may each take, in milliseconds; `setup` of a standard plugin has no limit, since a store may migrate for long",
    ),
  stopTime: count
    .default(LIMITS.stopTime)
    .describe("How long a plugin's `stop` and `dispose` may each take, in milliseconds"),
  shutdownTime: count
    .default(LIMITS.shutdownTime)
    .describe('How long the server may take to stop, in milliseconds, before it exits anyway'),
  hangTime: z
    .int()
    .nonnegative()
    .default(LIMITS.hangTime)
    .describe(
      'How long the event loop may be blocked, in milliseconds, before the process is killed; 0 never kills it',
    ),
  drainTime: count
    .default(LIMITS.drainTime)
    .describe('How long running commands may take when the server stops, in milliseconds'),
  closeTime: count.default(LIMITS.closeTime).describe('How long a closed connection may take to end, in milliseconds'),
  blockTime: renamedOption('eventLoopStall'),
});

/** The schema of `log`. */
export const log = z.strictObject({
  level: z.enum(LEVELS).default('info').describe('The minimum level that is logged'),
});

const config = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  standard: z.boolean().default(true),
  /** Each is checked with its plugin's options. */
  plugins: z.record(z.string(), z.unknown(), 'expected an object of plugins by name, as { "tcp": true }').default({}),
  limits: limits.prefault({}),
  log: log.prefault({}),
});

/** A config that was checked and merged into the standard set. */
export interface CheckedConfig {
  readonly plugins: Entries;
  readonly limits: Limits;
  readonly log: { readonly level: Level };
  /** The keys of `plugins` that the config itself names; the others are the standard set's. */
  readonly named: ReadonlySet<string>;
  readonly standard: StandardPlugins;
  /** A sentence for each limit that is given under its earlier name. */
  readonly deprecations: readonly string[];
  /** Errors outside of `plugins`, to report with those of plugins; the parts they are about have defaults. */
  readonly errors: readonly string[];
}

/**
 * Checks a config and merges it into the standard set. Plugins are checked when they are loaded.
 * @param name the config's name in messages
 */
export async function checkConfig(value: unknown, standard: StandardSet, name: string): Promise<CheckedConfig> {
  const { value: current, deprecations } = withNewLimits(value, name);
  const result = await checkAgainst(config, current, {
    config: name,
    at: [],
    belongs: (key) => belongs(key, standard.plugins),
  });
  const errors = 'errors' in result ? result.errors : [];
  const given = 'errors' in result ? whatIsRight(current) : result.value;
  const all = Object.entries(config.parse(standard.config).plugins);
  const base = Object.fromEntries(given.standard ? all : all.filter(([key]) => standard.plugins[key]?.always));
  const plugins: Record<string, unknown> = { ...base };
  for (const [key, entry] of Object.entries(given.plugins)) {
    // A config in TypeScript may say `x: isTest ? plugin : undefined`.
    if (entry === undefined) continue;
    const below = base[key];
    const both = isOptions(entry) && isOptions(below) && !('setup' in entry);
    plugins[key] = both ? laidOver(below, entry) : entry === true && isOptions(below) ? below : entry;
  }
  return {
    plugins,
    limits: given.limits,
    log: given.log,
    named: new Set(Object.keys(given.plugins)),
    standard: standard.plugins,
    deprecations,
    errors,
  };
}

/** A config whose limits have their new names. */
function withNewLimits(value: unknown, name: string): { readonly value: unknown; readonly deprecations: string[] } {
  const given = isOptions(value) ? Reflect.get(value, 'limits') : undefined;
  if (!isOptions(value) || !isOptions(given)) return { value, deprecations: [] };
  const { options, found } = withNewNames(limits, given);
  const deprecations = found.map(
    ([from, to]) => `${name}: limits.${from} is now called ${to}: rename it before the next release.`,
  );
  return { value: { ...value, limits: options }, deprecations };
}

/** Options laid over others: their keys stand last, in their own order. */
function laidOver(below: object, options: object): object {
  const left = Object.entries(below).filter(([key]) => !Object.hasOwn(options, key));
  return { ...Object.fromEntries(left), ...options };
}

/** Where a key that stands beside `plugins` belongs, if that is clear. */
function belongs(key: string, standard: StandardPlugins): string | undefined {
  if (Object.hasOwn(standard, key) || /^\.{1,2}\//.test(key)) return 'It belongs under plugins.';
  return Object.hasOwn(limits.shape, key) ? 'It belongs under limits.' : undefined;
}

/** The valid parts of a config, with defaults for the others. */
function whatIsRight(value: unknown): z.output<typeof config> {
  const parts = Object.entries(config.shape).map(([key, schema]) => {
    const given = isOptions(value) ? Reflect.get(value, key) : undefined;
    const { success, data } = schema.safeParse(given);
    return [key, success ? data : schema.parse(undefined)];
  });
  return Object.fromEntries(parts);
}

function isOptions(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
