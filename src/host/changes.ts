import { isDeepStrictEqual } from 'node:util';
import type { Change, Difference } from '../services/plugins.ts';
import type { Loaded } from './load.ts';
import { servicesOf } from './order.ts';
import type { Live } from './plugin-setup.ts';
import { isSameService } from './service-registry.ts';

/** The plugins and services of a generation. */
export interface LiveSet {
  readonly live: readonly Live[];
  readonly services: ReadonlyMap<string, unknown>;
}

/** Why a plugin must be set up anew; undefined when it can be carried over. @param old it, or what it replaces */
export function changeOf(old: Live, { plugin, options }: Loaded, before: LiveSet, now: LiveSet): Change | undefined {
  if (old.loaded.plugin.setup !== plugin.setup) return 'its code';
  if (!isDeepStrictEqual(old.loaded.options, options)) return 'its options';
  const uses = servicesOf({ ...plugin.wants, ...plugin.needs });
  return uses.some((service) => !isSameService(now.services.get(service), before.services.get(service)))
    ? 'a service that it uses'
    : undefined;
}

/** How a generation differs from the one before. */
export function differenceOf(before: LiveSet, now: LiveSet): Difference {
  const left = new Map(before.live.map((live) => [live.loaded.plugin.name, live]));
  const added: string[] = [];
  const changed: { name: string; because: Change }[] = [];
  const kept: string[] = [];
  for (const live of now.live) {
    const { name } = live.loaded.plugin;
    const old = left.get(name);
    left.delete(name);
    if (old === live) kept.push(name);
    else if (old === undefined) added.push(name);
    else changed.push({ name, because: changeOf(old, live.loaded, before, now) ?? 'its code' });
  }
  return { added, removed: [...left.keys()], changed, kept };
}
