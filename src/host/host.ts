import { isIP } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { locate } from '../addresses/address.ts';
import { inAddressList } from '../addresses/address-list.ts';
import type { SteadyClock } from '../api/clock.ts';
import { createHooks } from '../api/handlers.ts';
import type { Logger } from '../api/logger.ts';
import { Kernel } from '../kernel/kernel.ts';
import type { Accounts } from '../services/accounts.ts';
import { OtherServers } from '../services/other-servers.ts';
import { type Difference, Plugins, type ServerFacts, type ServerState } from '../services/plugins.ts';
import { Presence } from '../services/presence.ts';
import { Quotas } from '../services/quotas.ts';
import { AccountWatch } from './account-watch.ts';
import { accountsObserver } from './accounts.ts';
import { BackgroundFailures } from './background-failures.ts';
import { BoundedLog } from './bounded-log.ts';
import { steady, systemClock } from './clock.ts';
import { Cluster } from './cluster.ts';
import { ConfigErrors } from './config-errors.ts';
import { ServerCounters } from './counters.ts';
import { learnStandardCode } from './culprit.ts';
import { Events } from './events.ts';
import { serverFacts } from './facts.ts';
import { foreignProtocol } from './foreign-protocol.ts';
import { Generation, type GenerationContext, type LivePlugin } from './generation.ts';
import type { PhaseOrder } from './handler-order.ts';
import { inTime, Lifecycle } from './lifecycle.ts';
import { Listening } from './listening.ts';
import { liveServer } from './live-server.ts';
import { Meters } from './meter.ts';
import { plan } from './plan.ts';
import { SessionPresence } from './presence.ts';
import { ClientRates } from './rate-limiter.ts';
import { Reloads } from './reloads.ts';
import { messageOf } from './thrown.ts';
import './released-session.ts';
import type { Server } from './server.ts';
import type { HostSetting } from './setting.ts';
import { SharedQuotas } from './shared-quotas.ts';

/** A server: its kernel and its live plugins. */
export class Host {
  readonly kernel: Kernel;
  /** The server as plugins use it. */
  readonly server: Server;
  readonly accountWatch: AccountWatch;
  readonly #clock: SteadyClock;
  readonly #services: ReadonlyMap<string, unknown>;
  readonly #counters: ServerCounters;
  readonly #cluster: Cluster;
  readonly #reloads: Reloads;
  #exempt: (address: string) => boolean;
  readonly #meters = new Meters();
  /** The plugins whose deprecation notice was logged. */
  readonly #noticed = new Set<string>();
  readonly #events = new Events();
  readonly #logger: Logger;
  readonly #log: BoundedLog;
  readonly #failures: BackgroundFailures;
  readonly #stopping = new AbortController();
  readonly #observed: (accounts: Accounts) => Accounts;
  #state: ServerState = 'starting';
  readonly #listening = new Listening((transport, where) => this.#setting.listens?.(transport, where));
  #setting: HostSetting;
  #generation!: Generation;
  /** Resolves when earlier generations have retired. */
  #retired: Promise<void> = Promise.resolve();

  private constructor(setting: HostSetting) {
    this.#setting = setting;
    learnStandardCode(setting.standard);
    const { limits, stopping } = setting;
    if (stopping?.aborted) this.#stopping.abort();
    stopping?.addEventListener('abort', () => this.#stopping.abort());
    const clock = steady(setting.clock ?? systemClock);
    this.#clock = clock;
    this.#counters = new ServerCounters(clock);
    this.#exempt = inAddressList(limits.exempt);
    this.#log = new BoundedLog(setting.logger, clock);
    const logger = this.#events.counted(this.#log.logger);
    this.#logger = logger;
    this.#reloads = new Reloads(logger);
    this.#failures = new BackgroundFailures({
      logger,
      folder: () => this.#setting.place.folder,
      generation: () => this.#generation,
    });
    this.accountWatch = new AccountWatch({
      get hooks() {
        return kernel.generation.hooks;
      },
      sessions: () => kernel.sessions(),
      read: (account) => this.#generation.accountState(account),
      renamed: (before, account) => this.kernel.messages.online.rename(before, account),
      tell: (account, change) => this.#cluster.tellOfAccount(account, change),
    });
    this.#cluster = new Cluster({
      logger,
      accountChanged: (account, change) => this.accountWatch.changedElsewhere(account, change),
      recheckAccounts: () => this.accountWatch.recheck(),
      reload: () => this.reload(),
    });
    this.#observed = accountsObserver(this.accountWatch);
    const environment = {
      accounts: this.accountWatch,
      clock,
      logger,
      counters: this.#counters,
      locate,
      isExempt: (address: string) => isIP(address) === 0 || this.#exempt(address),
      rateLimiter: () => new ClientRates(this.#setting.limits, clock.monotonic()),
      foreignProtocol,
    };
    const nothing = { hooks: createHooks(), commands: new Map(), codecs: new Map() };
    const kernel: Kernel = new Kernel(environment, limits, nothing);
    this.kernel = kernel;
    this.server = liveServer({
      kernel,
      logger,
      counters: this.#counters,
      accountWatch: this.accountWatch,
      generation: () => this.#generation,
      isExempt: (address) => this.#exempt(address),
      listens: (transport, where) => this.#listening.note(transport, where),
    });
    const presence = new SessionPresence(kernel);
    const plugins: Plugins = {
      reload: () => this.#setting.reloadAll?.() ?? this.reload(),
      reloadOthers: () => this.#cluster.reloadOthers(),
      isLive: (name) => this.plugins().some(({ loaded }) => loaded.plugin.name === name),
      facts: () => this.#facts(),
      state: () => this.#state,
    };
    this.#services = new Map<string, unknown>([
      [Presence.service, presence],
      [Plugins.service, plugins],
      [Quotas.service, new SharedQuotas(clock)],
    ]);
  }

  /**
   * Sets all plugins up and then starts them.
   * @param begins called with the host before any plugin runs
   * @throws ConfigErrors when one fails
   */
  static async start(setting: HostSetting, begins?: (host: Host) => void): Promise<Host> {
    const host = await Host.setUp({ ...setting, exclusive: true }, begins);
    try {
      await host.kernel.messages.begin();
      await host.#generation.start();
      host.#state = 'serving';
      host.#listening.announce();
    } catch (cause) {
      await host.stop('shutdown');
      throw cause;
    }
    return host;
  }

  /** Sets all plugins up without starting them, for commands that inspect or edit stored data. @throws ConfigErrors */
  static async setUp(setting: HostSetting, begins?: (host: Host) => void): Promise<Host> {
    const host = new Host(setting);
    begins?.(host);
    host.#generation = await host.#build(setting);
    host.#swap(host.#generation, setting);
    return host;
  }

  /**
   * Reads the setting again and makes it live. Unchanged plugins and all sessions are carried over.
   * @returns what has changed
   * @throws ConfigErrors when that fails; then everything stays as it was
   */
  reload(): Promise<Difference> {
    const reloading = this.#reloads.run(() => this.#reload());
    this.#setting.reloads?.(this.#reloads.ended);
    return reloading;
  }

  async #reload(): Promise<Difference> {
    if (this.#state === 'stopping') throw new ConfigErrors(['The server is stopping and cannot reload.']);
    const setting = { ...this.#setting, ...(await this.#again()) };
    const before = this.#generation;
    const next = await this.#build(setting, before);
    try {
      await next.start();
      // Clients are served before the swap, which is one step.
      await turn();
    } catch (cause) {
      await next.abandon();
      throw cause;
    }
    const difference = next.difference();
    this.#setting = setting;
    this.#generation = next;
    this.#exempt = inAddressList(setting.limits.exempt);
    this.#swap(next, setting);
    setting.watchdog?.allow(setting.limits);
    setting.live?.();
    this.#retired = before.retire(next, this.#retired);
    return difference;
  }

  #swap(generation: Generation, { limits }: HostSetting): void {
    this.kernel.swap(generation, limits);
    this.#cluster.connect(generation.services.get(OtherServers.service) as OtherServers | undefined);
  }

  /** @throws ConfigErrors */
  async #build(setting: HostSetting, before?: Generation): Promise<Generation> {
    const lived = { ...setting, logger: this.#logger, clock: this.#clock, stopping: this.#stopping.signal };
    const deprecated = (sentence: string) => this.#logger.warn({ event: 'deprecated' }, sentence);
    return await Generation.build(await plan(lived, deprecated), this.#context(setting, new Lifecycle(lived)), before);
  }

  /** Reads the setting again. @throws ConfigErrors */
  async #again(): Promise<HostSetting | undefined> {
    const { again, limits } = this.#setting;
    if (again === undefined) return undefined;
    try {
      return await inTime(again(), this.#clock, limits.setupTime, 'limits.setupTime', this.#stopping.signal);
    } catch (cause) {
      if (cause instanceof ConfigErrors) throw cause;
      throw new ConfigErrors([`The config could not be read again: ${messageOf(cause)}`], { cause });
    }
  }

  /** How often each limit was hit, by name. */
  get limitHits(): Readonly<Record<string, number>> {
    return this.#counters.limitHits.read();
  }

  #facts(): ServerFacts {
    return serverFacts({
      state: this.#state,
      kernel: this.kernel,
      counters: this.#counters,
      events: this.#events,
      meters: this.#meters,
      generation: this.#generation,
    });
  }

  #context(
    { limits, place, plugins, watchdog, exclusive = false, dryRun = false }: HostSetting,
    lifecycle: Lifecycle,
  ): GenerationContext {
    return {
      server: this.server,
      logger: this.#logger,
      clock: this.#clock,
      limits,
      lifecycle,
      cluster: this.#cluster,
      place,
      observed: this.#observed,
      off: Object.keys(plugins).filter((key) => plugins[key] === false),
      services: this.#services,
      exclusive,
      dryRun,
      failedInBackground: (plugin, thrown) => this.#failures.ofPlugin(plugin, thrown),
      meters: this.#meters,
      noticed: this.#noticed,
      watchdog,
    };
  }

  /**
   * Handles an uncaught error: it is logged and counted for the plugin that it came from, and the server continues. An error
   * that came from no plugin is logged as internal.
   */
  uncaught(thrown: unknown): void {
    this.#failures.uncaught(thrown);
  }

  /** The live plugins in the order of set-up. */
  plugins(): readonly LivePlugin[] {
    return this.#generation.plugins();
  }

  /** The order in which the handlers of each hook run. */
  orders(): readonly PhaseOrder[] {
    return this.#generation.orders();
  }

  /** A service by name, if a plugin provides it. */
  service(name: string): unknown {
    return this.#generation.services.get(name);
  }

  /** Stops accepting connections, closes all sessions with this reason, flushes, and disposes of the plugins. */
  async stop(reason: string): Promise<void> {
    this.#state = 'stopping';
    this.#stopping.abort();
    await this.#reloads.ended;
    await this.#generation.stop();
    await this.kernel.close(reason);
    await this.#retired;
    await this.#generation.dispose();
    this.#log.flush();
  }
}
