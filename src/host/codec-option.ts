import { z } from 'zod';
import { didYouMean } from './mistakes.ts';

/** The schemas of options that name a codec. */
const codecNames = z.registry<Readonly<Record<string, never>>>();

/**
 * The option of a listener that names the codec its clients speak. A config that names a codec which no plugin
 * contributes is refused.
 */
export function codecOption(byDefault = 'line') {
  return z.string().default(byDefault).describe('The codec that clients speak there').register(codecNames, {});
}

/** @deprecated `codecOption` */
export function dialectOption(byDefault?: string) {
  return codecOption(byDefault);
}

/** The options of a schema that name a codec. */
export function codecOptionsOf(schema: unknown): string[] {
  if (!(schema instanceof z.ZodObject)) return [];
  return Object.keys(schema.shape).filter((key) => codecNames.has(schema.shape[key]));
}

/**
 * That an option names a codec which no plugin contributes.
 * @param known the codecs that there are
 * @param off what the config calls the plugins that are off
 */
export function unknownCodec(option: string, name: string, known: readonly string[], off: readonly string[]): string {
  const all = known.map((one) => `"${one}"`).join(', ');
  const cure = off.includes(name)
    ? ` The plugin '${name}' is off: switch it on under plugins.`
    : didYouMean(name, known);
  return `${option} is "${name}": expected a codec: ${all || 'no plugin that is on contributes one'}.${cure}`;
}
