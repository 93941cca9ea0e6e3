import type { Clock } from '../api/clock.ts';
import type { Logger } from '../api/logger.ts';
import type { Difference } from '../services/plugins.ts';
import type { CallWatcher } from './call-watcher.ts';
import type { Limits } from './limits.ts';
import type { ConfigPlace, Entries, Loaded } from './load.ts';
import type { StandardPlugins } from './standard.ts';

/** What a host is started with: the config, and its connections to the process. */
export interface HostSetting {
  readonly plugins: Entries;
  readonly limits: Limits;
  readonly place: ConfigPlace;
  /** The standard plugins, which a config names without a path. */
  readonly standard: StandardPlugins;
  /** Errors in the rest of the config, reported together with those of the plugins. */
  readonly errors?: readonly string[];
  /** Finds errors in the set of plugins that are on. */
  readonly objections?: (plugins: readonly Loaded[]) => readonly string[];
  /** A sentence for each deprecated name in the rest of the config. */
  readonly deprecations?: readonly string[];
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Called with the place where a transport listens. */
  readonly listens?: (transport: string, where: string) => void;
  /** Called when a reload begins. The promise resolves when it has ended, well or not. */
  readonly reloads?: (done: Promise<unknown>) => void;
  /**
   * Reloads all processes of this server, which is what a plugin that reloads wants; by default there is this one only.
   * @throws ConfigErrors
   */
  readonly reloadAll?: (() => Promise<Difference>) | undefined;
  /** Called when a reload made this setting live. */
  readonly live?: () => void;
  /** Whether this process needs the stored data for itself alone, as a server does; others work beside a server. */
  readonly exclusive?: boolean;
  /** Whether plugins may not make or change anything that outlives this process. */
  readonly dryRun?: boolean;
  /** Watches which plugin's code is running. */
  readonly watchdog?: CallWatcher;
  /** Aborted when the server is to stop, also while it starts. */
  readonly stopping?: AbortSignal;
  /** Reads the setting again for a reload. @throws ConfigErrors when it cannot be read */
  readonly again?: () => Promise<HostSetting>;
}
