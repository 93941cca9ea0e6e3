import type { Limits } from '../kernel/limits.ts';

/** What a config file says, in TypeScript, JSON or YAML. */
export interface Config {
  /** Whether it is laid over the standard set (the default), or begins from nothing. */
  readonly standard?: boolean;
  /** By name, file or package: options or `true` switch a plugin on, `false` off. */
  readonly plugins?: Readonly<Record<string, boolean | object>>;
  readonly limits?: Partial<Limits>;
}

/** Gives a config its types. */
export function defineConfig(config: Config): Config {
  return config;
}
