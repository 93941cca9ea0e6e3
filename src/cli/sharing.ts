import type { Loaded } from '../host/load.ts';
import { servicesOf } from '../host/order.ts';
import { MessageLog } from '../services/message-log.ts';
import { OtherServers } from '../services/other-servers.ts';

/** The stores that keep everything for one process. */
const UNSHARED: ReadonlySet<string> = new Set(['sqlite', 'memory']);

/** Why several processes cannot serve one chat with these plugins, if so. @param config its name */
export function sharingErrors(plugins: readonly Loaded[], config: string): string[] {
  const provider = (service: string) => plugins.find(({ plugin }) => servicesOf(plugin.provides).includes(service));
  const store = provider(MessageLog.service)?.plugin.name ?? 'none';
  const wrong = [
    UNSHARED.has(store) ? `the store 'postgres' instead of '${store}'` : '',
    provider(OtherServers.service) === undefined ? "the plugin 'nats'" : '',
  ].filter((one) => one !== '');
  if (wrong.length === 0) return [];
  return [
    `Several processes (--processes) share a database and know each other over NATS: switch on ${wrong.join(' and ')} in ${config}. How: docs/cluster.md.`,
  ];
}
