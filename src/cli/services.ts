import type { ServicesOf, Tokens } from '../contracts/service.ts';
import { Host, plan } from '../plugin/host.ts';
import { Mistakes } from '../plugin/mistakes.ts';
import { servicesOf } from '../plugin/order.ts';
import { settingOf } from './setting.ts';

/**
 * Works with services of a config's plugins, without serving: those that provide them are set up, and no others.
 * @throws Mistakes when nothing in the config provides one
 */
export async function withServices<T extends Tokens>(
  config: string | undefined,
  tokens: T,
  work: (services: ServicesOf<T>) => Promise<void>,
): Promise<void> {
  const setting = await settingOf(config);
  const wanted = new Set(servicesOf(tokens));
  const needed = new Set<string>();
  for (const { key, plugin } of (await plan(setting)).toReversed()) {
    if (!servicesOf(plugin.provides).some((service) => wanted.has(service))) continue;
    needed.add(key);
    for (const service of servicesOf(plugin.needs)) wanted.add(service);
  }
  const plugins = Object.fromEntries(Object.entries(setting.plugins).filter(([key]) => needed.has(key)));
  const host = await Host.setUp({ ...setting, plugins });
  try {
    const services = Object.fromEntries(
      Object.entries(tokens).map(([name, { service }]) => {
        const found = host.service(service);
        if (found !== undefined) return [name, found];
        throw new Mistakes([
          `No plugin in ${setting.place.name} provides '${service}': switch on one that does ('chatserv plugins' lists them).`,
        ]);
      }),
    );
    await work(services as ServicesOf<T>);
  } finally {
    await host.stop('shutdown');
  }
}
