import { token } from './service.ts';

/** What a reload did, by the names of the plugins. */
export interface Difference {
  readonly added: readonly string[];
  readonly removed: readonly string[];
  /** Set up anew, and why. */
  readonly changed: readonly { readonly name: string; readonly because: Change }[];
  /** Carried over as they were. */
  readonly kept: readonly string[];
}

/** Why a plugin was not carried over. */
export type Change = 'its code' | 'its options' | 'a service that it uses';

/** The plugins that are live. The host provides it. */
export interface Plugins {
  /**
   * Reads the config and the files of plugins again, and sets up what has changed; nobody is dropped.
   * @returns what is different
   * @throws when something is wrong with them; its message says what, a line each, and all stays as it was
   */
  reload(): Promise<Difference>;
}

export const Plugins = token<Plugins>('plugins');

/** What a reload did, in one line for a person. */
export function differenceInWords({ added, removed, changed, kept }: Difference): string {
  const parts = [
    ['added', added],
    ['removed', removed],
    ['changed', changed.map(({ name, because }) => `${name} (${because})`)],
  ] as const;
  const said = parts.filter(([, names]) => names.length > 0).map(([what, names]) => `${what} ${names.join(', ')}`);
  return [...(said.length === 0 ? ['nothing has changed'] : said), `${kept.length} plugins kept`].join('; ');
}
