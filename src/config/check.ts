import { z } from 'zod';
import { addressList } from '../host/address-list.ts';
import { LIMITS, type Limits } from '../host/limits.ts';
import type { Entries } from '../host/load.ts';
import { checkAgainst } from '../host/options.ts';
import type { StandardPlugins, StandardSet } from '../host/standard.ts';
import { LEVELS, type Level } from '../logging/style.ts';

const count = z.int().positive();
const rate = z.number().nonnegative();

/** The schema of `limits`; the docs' table is made from it. */
export const limits = z.strictObject({
  exempt: addressList
    .default([...LIMITS.exempt])
    .describe(
      'Addresses or networks (`10.0.0.0/8`) whose clients may connect, log in and register as often as they like, and are kept out by no ban of an address; so may clients that have no IP address',
    ),
  lineBytes: count.min(64).default(LIMITS.lineBytes).describe('The longest line of a client, in bytes'),
  inputBytes: count.default(LIMITS.inputBytes).describe('How much a client may send ahead of the answers, in bytes'),
  outboxBytes: count.default(LIMITS.outboxBytes).describe('How much may wait to be written to a client, in bytes'),
  unacknowledged: count
    .default(LIMITS.unacknowledged)
    .describe("How many messages may wait for a client's acknowledgement, where its codec acknowledges"),
  commandsUnderWay: count
    .default(LIMITS.commandsUnderWay)
    .describe('How many messages of one client may be on their way to the store together'),
  linesPerSecond: rate
    .default(LIMITS.linesPerSecond)
    .describe('How many lines a second a client may send for long; 0 is no such limit'),
  lineBurst: count
    .default(LIMITS.lineBurst)
    .describe('How many lines it may send at once, and how many more are refused before it is closed'),
  bytesPerSecond: rate
    .default(LIMITS.bytesPerSecond)
    .describe('How many bytes a second a client may send for long; 0 is no such limit'),
  byteBurst: count
    .default(LIMITS.byteBurst)
    .describe('How many bytes it may send at once, and how many more are refused before it is closed'),
  loginLines: count.default(LIMITS.loginLines).describe('How many lines a client may send before it is logged in'),
  passwordAttempts: count.default(LIMITS.passwordAttempts).describe('Wrong passwords before a connection is closed'),
  handlerTime: count.default(LIMITS.handlerTime).describe("How long a plugin's handler may take, in milliseconds"),
  quarantineAfter: z
    .int()
    .nonnegative()
    .default(LIMITS.quarantineAfter)
    .describe('How often a plugin may fail before it is not called any more until a reload; 0 lets it fail on'),
  quarantineTime: count
    .default(LIMITS.quarantineTime)
    .describe('The time within which these failures are counted, in milliseconds'),
  blockTime: count
    .default(LIMITS.blockTime)
    .describe('How long a plugin may hold up everyone before it is named in the log, in milliseconds'),
  setupTime: count
    .default(LIMITS.setupTime)
    .describe(
      "How long a plugin's module, its options, `setup` and `start` may each take, in milliseconds; `setup` of a standard plugin, such as a store that is brought up to date, is not held to it",
    ),
  stopTime: count
    .default(LIMITS.stopTime)
    .describe("How long a plugin's `stop` and `dispose` may each take, in milliseconds"),
  shutdownTime: count
    .default(LIMITS.shutdownTime)
    .describe('How long the server may take to stop, in milliseconds, before it exits as it is'),
  hangTime: z
    .int()
    .nonnegative()
    .default(LIMITS.hangTime)
    .describe(
      'How long the event loop may be blocked, in milliseconds, before the process is killed; 0 never kills it',
    ),
  drainTime: count
    .default(LIMITS.drainTime)
    .describe('How long what is under way may take when the server stops, in milliseconds'),
  closeTime: count.default(LIMITS.closeTime).describe('How long a closed connection may take to go, in milliseconds'),
});

/** The schema of `log`. */
export const log = z.strictObject({
  level: z.enum(LEVELS).default('info').describe('What is logged: lines of this level and of those after it'),
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

/** A config that was checked and laid over the standard set. */
export interface CheckedConfig {
  readonly plugins: Entries;
  readonly limits: Limits;
  readonly log: { readonly level: Level };
  /** The keys of `plugins` that the config itself names; the others are the standard set's. */
  readonly named: ReadonlySet<string>;
  readonly standard: StandardPlugins;
  /** What is wrong beside the plugins, to be said with what is wrong with those; what it is about is as by default. */
  readonly mistakes: readonly string[];
}

/**
 * Checks a config's shape and lays it over the standard set. Its plugins are checked when they are loaded.
 * @param name how the config is called in sentences
 */
export async function checkConfig(value: unknown, standard: StandardSet, name: string): Promise<CheckedConfig> {
  const result = await checkAgainst(config, value, {
    config: name,
    at: [],
    belongs: (key) => belongs(key, standard.plugins),
  });
  const mistakes = 'mistakes' in result ? result.mistakes : [];
  const given = 'mistakes' in result ? whatIsRight(value) : result.value;
  const all = Object.entries(config.parse(standard.config).plugins);
  const base = Object.fromEntries(given.standard ? all : all.filter(([key]) => standard.plugins[key]?.always));
  const plugins: Record<string, unknown> = { ...base };
  for (const [key, entry] of Object.entries(given.plugins)) {
    // A config in TypeScript may say `x: isTest ? plugin : undefined`.
    if (entry === undefined) continue;
    const below = base[key];
    const both = isOptions(entry) && isOptions(below) && !('setup' in entry);
    plugins[key] = both ? { ...below, ...entry } : entry === true && isOptions(below) ? below : entry;
  }
  return {
    plugins,
    limits: given.limits,
    log: given.log,
    named: new Set(Object.keys(given.plugins)),
    standard: standard.plugins,
    mistakes,
  };
}

/** Where a key belongs that stands beside `plugins`, if that is plain. */
function belongs(key: string, standard: StandardPlugins): string | undefined {
  if (Object.hasOwn(standard, key) || /^\.{1,2}\//.test(key)) return 'It belongs under plugins.';
  return Object.hasOwn(limits.shape, key) ? 'It belongs under limits.' : undefined;
}

/** A config's parts that are right, each of the others as by default. */
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
