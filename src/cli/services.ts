import { ConfigErrors } from '../host/config-errors.ts';
import { Host } from '../host/host.ts';
import { Lifecycle } from '../host/lifecycle.ts';
import { isPlugin, type Loaded, loadPlugins } from '../host/load.ts';
import { servicesOf } from '../host/order.ts';
import { GIVEN } from '../host/plan.ts';
import type { StandardPlugins } from '../host/standard.ts';
import { messageOf } from '../host/thrown.ts';
import { Accounts } from '../services/accounts.ts';
import type { ServicesOf, Tokens } from '../services/service.ts';
import { Failure } from './failure.ts';
import { type ReadConfig, settingOf } from './setting.ts';

/**
 * Works with services of a config's plugins without serving: only the plugins that provide them are set up.
 * @param work called with the services and the name of the config
 * @param exclusive whether no server may run with the store meanwhile
 * @throws ConfigErrors when no plugin provides one, the plugin is invalid, or its store is not persistent; Failure when a call
 * to a service fails
 */
export async function withServices<T extends Tokens>(
  config: string | undefined,
  tokens: T,
  work: (services: ServicesOf<T>, config: string) => Promise<void>,
  exclusive = false,
): Promise<void> {
  const setting = await settingOf(config);
  const providers = await providersOf(servicesOf(tokens), setting);
  const plugins = Object.fromEntries(Object.entries(setting.plugins).filter(([key]) => providers.has(key)));
  const host = await Host.setUp({ ...setting, plugins, exclusive });
  try {
    mustLast(host, setting.place.name);
    const services = Object.fromEntries(
      Object.entries(tokens).map(([name, { service }]) => [name, withFailures(host.service(service) as object)]),
    );
    await work(services as ServicesOf<T>, setting.place.name);
  } finally {
    await host.stop('shutdown');
  }
}

/** Wraps a service so that its errors are reported as sentences: a full disk, for example, is not a bug of this program. */
function withFailures(service: object): object {
  return new Proxy(service, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key, target);
      if (typeof value !== 'function') return value;
      return async (...args: unknown[]) => {
        try {
          return await Reflect.apply(value, target, args);
        } catch (cause) {
          throw cause instanceof ConfigErrors ? cause : new Failure([messageOf(cause)], { cause });
        }
      };
    },
  });
}

/** Like `withServices`, while no server runs with the store. */
export function withServicesAlone<T extends Tokens>(
  config: string | undefined,
  tokens: T,
  work: (services: ServicesOf<T>, config: string) => Promise<void>,
): Promise<void> {
  return withServices(config, tokens, work, true);
}

/** @throws ConfigErrors when changes to the accounts would be lost with this process */
function mustLast(host: Host, config: string): void {
  const accounts = host.service(Accounts.service) as Accounts | undefined;
  if (!accounts?.ephemeral) return;
  const store = host.plugins().find(({ loaded }) => servicesOf(loaded.plugin.provides).includes(Accounts.service));
  throw new ConfigErrors([
    `${config} uses the store '${store?.loaded.key}', which is lost when its process ends, so changes would have no effect: switch on a persistent store, such as 'sqlite'.`,
  ]);
}

/**
 * The keys of the plugins that provide services, and of those that they need. Errors in other plugins do not matter, and
 * standard plugins that provide none of the services are not loaded.
 */
async function providersOf(services: readonly string[], setting: ReadConfig): Promise<ReadonlySet<string>> {
  const place = { ...setting.place, standard: setting.standard };
  const lifecycle = new Lifecycle(setting);
  const errors: string[] = [];
  const loaded: Loaded[] = [];
  const unloaded = new Map(Object.entries(setting.plugins));
  const keys = new Set<string>();
  const wanted = [...services];
  for (const service of wanted) {
    const entries = [...unloaded].filter(([key, entry]) => mayProvide(service, key, entry, setting.standard));
    for (const [key] of entries) unloaded.delete(key);
    const loading = await loadPlugins(Object.fromEntries(entries), place, setting.environment, lifecycle);
    loaded.push(...loading.loaded);
    errors.push(...loading.errors);
    const providers = loaded.filter(({ plugin }) => servicesOf(plugin.provides).includes(service));
    if (providers.length === 0) {
      throw new ConfigErrors([
        `No plugin in ${setting.place.name} provides '${service}': switch on one that does ('chatserv plugins' lists them).`,
        ...errors,
      ]);
    }
    for (const { key, plugin } of providers) {
      if (keys.has(key)) continue;
      keys.add(key);
      wanted.push(...servicesOf(plugin.needs).filter((need) => !GIVEN.has(need) && !wanted.includes(need)));
    }
  }
  return keys;
}

/** Whether a plugin may provide a service, without loading it: of a standard plugin it is known. */
export function mayProvide(service: string, key: string, entry: unknown, standard: StandardPlugins): boolean {
  if (isPlugin(entry) || !Object.hasOwn(standard, key)) return true;
  return standard[key]?.provides.includes(service) === true;
}

/**
 * Checks that a store is not empty: a command that is run in another folder than the server would use a new one.
 * @throws ConfigErrors when it has no account
 */
export async function mustBeUsed(accounts: Accounts, config: string): Promise<void> {
  if ((await accounts.list(0, 1)).length > 0) return;
  throw new ConfigErrors([
    `The store of ${config} has no account: name the config that the server runs with, as in --config FILE.`,
  ]);
}
