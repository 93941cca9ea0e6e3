import type { Plugin } from '../host/define.ts';
import type { Limits } from '../host/limits.ts';
import type { Level } from '../logging/style.ts';

/**
 * The options that plugins take, by what a config calls them. A package adds its own:
 * `declare module 'chatserv' { interface PluginOptions { 'chatserv-plugin-weather': { city: string } } }`.
 */
// biome-ignore lint/suspicious/noEmptyInterface: the standard plugins add theirs in the same way, in plugins/standard.ts
export interface PluginOptions {}

/** A plugin by its file, relative to the config, or by a package's name that says what it is. */
type PluginKey = `./${string}` | `../${string}` | `/${string}` | `chatserv-plugin-${string}` | `@${string}/${string}`;

/** By name, file or package: options or `true` switch a plugin on, `false` off. A plugin itself may stand there too. */
export type PluginEntries = {
  readonly [K in keyof PluginOptions]?: boolean | PluginOptions[K] | Plugin;
} & {
  readonly [K in PluginKey]?: boolean | object;
};

/** What a config file says, in TypeScript, JSON or YAML. */
export interface Config {
  /** A JSON Schema, for editors of JSON and YAML. */
  readonly $schema?: string;
  /** Whether it is laid over the standard set (the default), or begins from nothing. */
  readonly standard?: boolean;
  readonly plugins?: PluginEntries;
  readonly limits?: Partial<Limits>;
  readonly log?: { readonly level?: Level };
}

/** Gives a config its types. */
export function defineConfig(config: Config): Config {
  return config;
}
