import { Plugins } from '../services/plugins.ts';
import { Presence } from '../services/presence.ts';
import { Quotas } from '../services/quotas.ts';
import { ConfigErrors } from './config-errors.ts';
import { Lifecycle, type LifecycleSetting } from './lifecycle.ts';
import { type Loaded, loadPlugins } from './load.ts';
import { orderSetUp } from './order.ts';
import type { HostSetting } from './setting.ts';

/** The services that need no plugin. */
export const GIVEN: ReadonlySet<string> = new Set([Presence.service, Plugins.service, Quotas.service]);

/**
 * Loads the plugins of a setting and puts them in the order of set-up.
 * @param deprecated called with a sentence for each option that is deprecated
 * @throws ConfigErrors with everything that is wrong
 */
export async function plan(
  setting: Pick<
    HostSetting,
    'plugins' | 'place' | 'standard' | 'environment' | 'errors' | 'deprecations' | 'objections'
  > &
    LifecycleSetting,
  deprecated: (sentence: string) => void = () => {},
): Promise<Loaded[]> {
  const { plugins, place, standard, environment = {} } = setting;
  const loading = await loadPlugins(plugins, { ...place, standard }, environment, new Lifecycle(setting));
  const { loaded, errors, incomplete } = loading;
  for (const sentence of [...(setting.deprecations ?? []), ...loading.deprecations]) deprecated(sentence);
  const on = new Set(loaded.map(({ key }) => key));
  const off = Object.entries(standard).flatMap(([name, { provides }]) => (on.has(name) ? [] : { name, provides }));
  const order = orderSetUp(loaded, GIVEN, off);
  // A plugin that could not be loaded may provide the service that seems to be missing.
  const missing = incomplete ? [] : order.missing;
  const all = [...(setting.errors ?? []), ...errors, ...order.errors, ...missing];
  if (all.length === 0) all.push(...(setting.objections?.(order.ordered) ?? []));
  if (all.length > 0) throw new ConfigErrors(all);
  return order.ordered;
}
