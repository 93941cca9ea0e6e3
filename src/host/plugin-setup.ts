import { resolve } from 'node:path';
import type { SteadyClock } from '../api/clock.ts';
import type { Logger } from '../api/logger.ts';
import { Quotas } from '../services/quotas.ts';
import type { Tokens } from '../services/service.ts';
import { Storage } from '../services/storage.ts';
import type { Cluster } from './cluster.ts';
import { ConfigErrors } from './config-errors.ts';
import type { Contributions, SetupContext } from './define.ts';
import type { Lifecycle } from './lifecycle.ts';
import type { ConfigPlace, Loaded } from './load.ts';
import { authorsPlace } from './place.ts';
import { pluginClock } from './plugin-clock.ts';
import { type HotValue, hotStateIn, perSession } from './plugin-state.ts';
import type { Server } from './server.ts';
import { quotasOf, type SharedQuotas } from './shared-quotas.ts';
import { messageOf } from './thrown.ts';
import { contributionErrors } from './validate-plugin.ts';

/** A plugin that was set up. */
export interface Live {
  readonly loaded: Loaded;
  readonly contributions: Contributions<Tokens>;
  /** Aborts the `signal` of its set-up. */
  readonly leaves: AbortController;
  readonly hotState: Map<string, HotValue>;
  /** The names of the collections that it opened. */
  readonly collections: ReadonlySet<string>;
}

/** What every plugin's set-up is given, or needs. */
export interface SetupEnvironment {
  readonly server: Server;
  readonly logger: Logger;
  readonly clock: SteadyClock;
  readonly lifecycle: Lifecycle;
  readonly place: ConfigPlace;
  /** Whether this process needs the stored data for itself alone. */
  readonly exclusive: boolean;
  /** Whether nothing that outlives this process may be made or changed. */
  readonly dryRun: boolean;
  readonly cluster: Cluster;
  /** Reports an error that a plugin threw in a callback of its clock or of a collection. */
  failedInBackground(plugin: string, thrown: unknown): void;
}

/** The services that a plugin may use, and the collections that it may open. */
interface Available {
  readonly services: ReadonlyMap<string, unknown>;
  /** @throws ConfigErrors when another plugin has opened the collection */
  checkOwner(collection: string, plugin: Loaded): void;
}

/**
 * Sets a plugin up and checks what it contributes.
 * @param old the plugin that it replaces
 * @throws ConfigErrors when that fails; then nothing of the plugin is left
 */
export async function setUp(
  loaded: Loaded,
  environment: SetupEnvironment,
  available: Available,
  old: Live | undefined,
): Promise<Live> {
  const { plugin } = loaded;
  const { server, logger, clock, lifecycle, place, exclusive, dryRun } = environment;
  const leaves = new AbortController();
  const hotState: Live['hotState'] = new Map();
  const collections = new Set<string>();
  try {
    const services = Object.fromEntries(
      Object.entries({ ...plugin.wants, ...plugin.needs }).map(([name, { service }]) => [
        name,
        service === Storage.service
          ? storageFor(loaded, environment, available, { collections, signal: leaves.signal })
          : available.services.get(service),
      ]),
    );
    const accessor = hotStateIn(hotState, old?.hotState);
    const context = {
      ...services,
      options: loaded.options,
      server,
      logger,
      clock: pluginClock(clock, plugin.name, (thrown) => environment.failedInBackground(plugin.name, thrown)),
      signal: leaves.signal,
      exclusive,
      dryRun,
      path: (file: string) => resolve(place.folder, file),
      hotState: accessor,
      keep: accessor,
      quota: quotasOf(plugin.name, available.services.get(Quotas.service) as SharedQuotas, accessor),
      perSession,
    };
    const contributions = (await callSetUp(loaded, lifecycle, context)) ?? {};
    const wrong = await contributionErrors(loaded.key, plugin, contributions);
    if (wrong.length > 0) {
      if (typeof contributions.dispose === 'function') {
        await lifecycle.runQuietly(plugin.name, 'dispose', contributions.dispose);
      }
      throw new ConfigErrors(wrong);
    }
    return { loaded, contributions, leaves, hotState, collections };
  } catch (cause) {
    leaves.abort();
    for (const [key, one] of hotState) {
      if (old?.hotState.get(key) !== one) await lifecycle.runQuietly(plugin.name, 'closing its hot state', one.close);
    }
    if (cause instanceof ConfigErrors) throw cause;
    throw new ConfigErrors([`The plugin '${loaded.key}' could not be set up: ${reasonOf(cause, place)}`], { cause });
  }
}

/** The message of an error, and where in its author's code it was thrown. */
export function reasonOf(cause: unknown, { folder }: ConfigPlace): string {
  return messageOf(cause) + authorsPlace(cause, folder);
}

/** The storage for one plugin, which owns the collections that it opens, until the signal. */
function storageFor(
  loaded: Loaded,
  { cluster, failedInBackground }: SetupEnvironment,
  { services, checkOwner }: Available,
  opened: { readonly collections: Set<string>; readonly signal: AbortSignal },
): Storage | undefined {
  const storage = services.get(Storage.service) as Storage | undefined;
  const failed = (thrown: unknown) => failedInBackground(loaded.plugin.name, thrown);
  return (
    storage && {
      open: (name, schema) => {
        checkOwner(name, loaded);
        opened.collections.add(name);
        return cluster.share(name, storage.open(name, schema), { signal: opened.signal, failed });
      },
    }
  );
}

/** Calls `setup`. If it takes too long and still returns later, its contributions are disposed of then. */
async function callSetUp(
  { plugin, from }: Loaded,
  lifecycle: Lifecycle,
  context: SetupContext<unknown>,
): Promise<Contributions<Tokens> | undefined> {
  let work: Promise<Contributions<Tokens> | undefined> | undefined;
  try {
    const call = () => {
      work = Promise.resolve(plugin.setup(context));
      return work;
    };
    return await lifecycle.run(plugin.name, 'setup', call, from === 'standard');
  } catch (cause) {
    const late = work?.then((contributions) => lifecycle.runQuietly(plugin.name, 'dispose', contributions?.dispose));
    late?.catch(() => {});
    throw cause;
  }
}
