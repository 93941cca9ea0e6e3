import { Presence } from '../contracts/presence.ts';
import { line } from '../dialects/line.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { createHooks } from '../kernel/hooks.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { Limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/logger.ts';
import { Generation } from './generation.ts';
import { type ConfigPlace, type Entries, type Loaded, loadPlugin, loadPlugins } from './load.ts';
import { Mistakes } from './mistakes.ts';
import { orderSetUp, servicesOf } from './order.ts';
import type { Server } from './server.ts';
import { STANDARD } from './standard.ts';

/** What a server is made of. */
export interface HostSetting {
  readonly plugins: Entries;
  readonly limits: Limits;
  readonly place: ConfigPlace;
  readonly logger: Logger;
  readonly clock?: Clock;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** Told where a transport listens. */
  readonly listens?: (transport: string, where: string) => void;
}

const DIALECTS: Readonly<Record<string, Dialect>> = { line };

/** The plugins of a setting in the order of set-up. @throws Mistakes with all that is wrong */
export async function plan(setting: Pick<HostSetting, 'plugins' | 'place' | 'environment'>): Promise<Loaded[]> {
  const loaded = await loadPlugins(setting.plugins, setting.place, setting.environment ?? {});
  const off = new Map<string, string[]>();
  for (const name of Object.keys(STANDARD)) {
    if (loaded.some(({ key }) => key === name) || !(name in STANDARD)) continue;
    const { plugin } = await loadPlugin(name, setting.place);
    for (const service of servicesOf(plugin.provides)) off.set(service, [...(off.get(service) ?? []), name]);
  }
  const { ordered, mistakes } = orderSetUp(loaded, new Set([Presence.service]), (service) => off.get(service) ?? []);
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return ordered;
}

/** A server that runs: its kernel and the plugins that are live. */
export class Host {
  readonly kernel: Kernel;
  readonly #generation: Generation;

  private constructor(kernel: Kernel, generation: Generation) {
    this.kernel = kernel;
    this.#generation = generation;
  }

  /** Sets everything up, and starts only then what meets clients. @throws Mistakes when it cannot */
  static async start(setting: HostSetting): Promise<Host> {
    const ordered = await plan(setting);
    const clock = setting.clock ?? systemClock;
    const nothing = { hooks: createHooks(), commands: new Map() };
    const kernel = new Kernel(clock, setting.logger, setting.limits, nothing);
    const server: Server = {
      accept(connection, name) {
        const dialect = DIALECTS[name];
        if (dialect === undefined) throw new Error(`there is no dialect '${name}'`);
        return kernel.accept(connection, dialect);
      },
      listens: (transport, where) => setting.listens?.(transport, where),
      post: (post) => kernel.post(post),
      sessions: () => kernel.sessions(),
      commands: () => [...new Set(kernel.generation.commands.values())].sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const presence: Presence = { online: () => kernel.online.accounts(), find: (name) => kernel.online.find(name) };
    const generation = await Generation.build(ordered, {
      server,
      logger: setting.logger,
      clock,
      handlerTime: setting.limits.handlerTime,
      folder: setting.place.folder,
      services: new Map([[Presence.service, presence]]),
    });
    kernel.swap(generation);
    try {
      await generation.start();
    } catch (cause) {
      await generation.stop();
      await generation.dispose();
      throw cause;
    }
    return new Host(kernel, generation);
  }

  /** The service of that name, if a plugin provides it. */
  service(name: string): unknown {
    return this.#generation.services.get(name);
  }

  /** Stops accepting, tells every client why, writes what is left, and ends the plugins. */
  async stop(reason: string): Promise<void> {
    await this.#generation.stop();
    await this.kernel.close(reason);
    await this.#generation.dispose();
  }
}
