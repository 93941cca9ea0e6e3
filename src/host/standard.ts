import { join } from 'node:path';
import { importFile, moduleExtension, standardFolder } from './self.ts';

/** A plugin of the standard set. */
interface StandardPlugin {
  /** Its file under plugins/, without the extension. */
  readonly file: string;
  /** The services that it provides. */
  readonly provides: readonly string[];
  /** Whether it is on until a config switches it off, even with `standard: false`. */
  readonly always?: boolean;
}

/** The standard plugins by name. */
export type StandardPlugins = Readonly<Record<string, StandardPlugin>>;

/** The plugins that come with the program, and the config that others override. */
export interface StandardSet {
  readonly plugins: StandardPlugins;
  readonly config: unknown;
}

/** Loads the standard set like any config and plugins, from the files beside this program's own. */
export async function loadStandardSet(): Promise<StandardSet> {
  const [{ default: plugins }, { default: config }] = await Promise.all([
    importFile(join(standardFolder, `standard${moduleExtension}`)),
    importFile(join(standardFolder, `../chatserv.config${moduleExtension}`)),
  ]);
  return { plugins: plugins as StandardPlugins, config };
}
