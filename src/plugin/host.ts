import { Presence } from '../contracts/presence.ts';
import { classic } from '../dialects/classic.ts';
import { json } from '../dialects/json.ts';
import { line } from '../dialects/line.ts';
import { type Clock, systemClock } from '../kernel/clock.ts';
import type { Connection } from '../kernel/connection.ts';
import type { Dialect } from '../kernel/dialect.ts';
import { createHooks } from '../kernel/hooks.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { Limits } from '../kernel/limits.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Session } from '../kernel/session.ts';
import { Generation, type LivePlugin } from './generation.ts';
import { type ConfigPlace, type Entries, type Loaded, loadPlugins } from './load.ts';
import { Mistakes } from './mistakes.ts';
import { orderSetUp } from './order.ts';
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

const DIALECTS: Readonly<Record<string, Dialect>> = { line, json, classic };

/** The plugins of a setting in the order of set-up. @throws Mistakes with all that is wrong */
export async function plan(setting: Pick<HostSetting, 'plugins' | 'place' | 'environment'>): Promise<Loaded[]> {
  const loaded = await loadPlugins(setting.plugins, setting.place, setting.environment ?? {});
  const on = new Set(loaded.map(({ key }) => key));
  const off = Object.entries(STANDARD).filter(([name]) => !on.has(name));
  const { ordered, mistakes } = orderSetUp(loaded, new Set([Presence.service]), (service) =>
    off.filter(([, { provides }]) => (provides as readonly string[]).includes(service)).map(([name]) => name),
  );
  if (mistakes.length > 0) throw new Mistakes(mistakes);
  return ordered;
}

/** A server: its kernel and the plugins that are live. */
export class Host {
  readonly kernel: Kernel;
  readonly #generation: Generation;

  private constructor(kernel: Kernel, generation: Generation) {
    this.kernel = kernel;
    this.#generation = generation;
  }

  /** Sets everything up, and only then starts what meets clients. @throws Mistakes when it cannot */
  static async start(setting: HostSetting): Promise<Host> {
    const host = await Host.setUp(setting);
    try {
      await host.#generation.start();
    } catch (cause) {
      await host.stop('shutdown');
      throw cause;
    }
    return host;
  }

  /** Sets everything up and starts nothing: for who only looks, or works on what is stored. @throws Mistakes */
  static async setUp(setting: HostSetting): Promise<Host> {
    const ordered = await plan(setting);
    const clock = setting.clock ?? systemClock;
    const nothing = { hooks: createHooks(), commands: new Map() };
    const kernel = new Kernel(clock, setting.logger, setting.limits, nothing);
    const server: Server = {
      accept: (connection, dialect) => accept(kernel, connection, dialect),
      listens: (transport, where) => setting.listens?.(transport, where),
      post: (post, ordered) => kernel.post(post, ordered),
      sessions: () => kernel.sessions(),
      commands: () => [...new Set(kernel.generation.commands.values())].sort((a, b) => (a.name < b.name ? -1 : 1)),
    };
    const presence: Presence = { online: () => kernel.online.accounts(), find: (name) => kernel.online.find(name) };
    const generation = await Generation.build(ordered, {
      server,
      logger: setting.logger,
      clock,
      limits: setting.limits,
      folder: setting.place.folder,
      services: new Map([[Presence.service, presence]]),
    });
    kernel.swap(generation);
    return new Host(kernel, generation);
  }

  /** Hands over a connection, as a transport does. @param dialect the name of a dialect */
  accept(connection: Connection, dialect: string): Session {
    return accept(this.kernel, connection, dialect);
  }

  /** The plugins that are live, in the order of set-up. */
  plugins(): readonly LivePlugin[] {
    return this.#generation.plugins();
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

function accept(kernel: Kernel, connection: Connection, name: string): Session {
  const dialect = DIALECTS[name];
  if (dialect === undefined)
    throw new Error(`There is no dialect '${name}'; known: ${Object.keys(DIALECTS).join(', ')}.`);
  return kernel.accept(connection, dialect);
}
