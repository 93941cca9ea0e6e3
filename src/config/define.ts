import type { Plugin } from '../host/define.ts';
import type { Limits } from '../host/limits.ts';
import type { Level } from '../logging/style.ts';

/**
 * The options of plugins by their keys in a config. A package adds its own:
 * `declare module 'chatserv' { interface PluginOptions { 'chatserv-plugin-weather': { city: string } } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the standard plugins add theirs in the same way, in plugins/standard.ts
export interface PluginOptions {}

/** A plugin by its file, relative to the config, or by its package. */
type PluginKey = `./${string}` | `../${string}` | `/${string}` | `chatserv-plugin-${string}` | `@${string}/${string}`;

/** Plugins by name, file or package: options, `true` or a plugin itself switch one on, `false` off. */
export type PluginEntries = {
  readonly [K in keyof PluginOptions]?: boolean | PluginOptions[K] | Plugin;
} & {
  readonly [K in PluginKey]?: boolean | object;
};

/** The content of a config file, in TypeScript, JSON or YAML. */
export interface Config {
  /** A JSON Schema, for editors of JSON and YAML. */
  readonly $schema?: string;
  /** Whether it is merged into the standard set (the default) or begins empty. */
  readonly standard?: boolean;
  readonly plugins?: PluginEntries;
  readonly limits?: Partial<Limits>;
  readonly log?: { readonly level?: Level };
}

/** Gives a config its types. */
export function defineConfig(config: Config): Config {
  return config;
}
