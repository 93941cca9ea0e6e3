import { z } from 'zod';
import { didYouMean } from '../usernames/nearest.ts';
import type { Loaded } from './load.ts';

/** The schemas of options that name a codec. */
const codecNames = z.registry<Readonly<Record<string, never>>>();

/**
 * The option of a listener that names its clients' codec. A config that names a codec which no plugin contributes is
 * rejected.
 */
export function codecOption(byDefault = 'line') {
  return z.string().default(byDefault).describe('The codec that clients speak there').register(codecNames, {});
}

/** @deprecated `codecOption` */
export function dialectOption(byDefault?: string) {
  return codecOption(byDefault);
}

/** The options of a schema that name a codec. */
function codecOptionsOf(schema: unknown): string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.keys(schema.shape).filter((key) => codecNames.has(schema.shape[key]));
}

/**
 * The options of a plugin that name a codec which no plugin contributes, a sentence each.
 * @param known the codecs that plugins contribute
 * @param off the keys of the plugins that the config switches off
 */
export function unknownCodecs(
  { key, plugin, options }: Loaded,
  known: readonly string[],
  off: readonly string[],
): string[] {
  return codecOptionsOf(plugin.options).flatMap((option) => {
    const name = String(Reflect.get(Object(options), option));
    return known.includes(name) ? [] : [unknownCodec(`plugins.${key}.${option}`, name, known, off)];
  });
}

function unknownCodec(option: string, name: string, known: readonly string[], off: readonly string[]): string {
  const all = known.map((one) => `"${one}"`).join(', ');
  const cure = off.includes(name)
    ? ` The plugin '${name}' is off: switch it on under plugins.`
    : didYouMean(name, known);
  return `${option} is "${name}": expected a codec: ${all || 'no plugin that is on contributes one'}.${cure}`;
}
