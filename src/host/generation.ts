import { setImmediate as turn } from 'node:timers/promises';
import type { HookName } from '../api/handlers.ts';
import { createHooks } from '../api/handlers.ts';
import type { KernelGeneration, LiveCodec } from '../kernel/environment.ts';
import type { AccountState } from '../kernel/login-basis.ts';
import { Accounts, type StoredAccount } from '../services/accounts.ts';
import { LoginDialogue } from '../services/login-dialogue.ts';
import { MessageLog } from '../services/message-log.ts';
import type { Difference } from '../services/plugins.ts';
import { Quotes } from '../services/quotes.ts';
import { Roles } from '../services/roles.ts';
import type { Tokens } from '../services/service.ts';
import { authenticatorHandlers } from './authenticators.ts';
import { isBot } from './bots.ts';
import { changeOf, differenceOf, type LiveSet } from './changes.ts';
import { unknownCodecs } from './codec-option.ts';
import { addCodecs } from './codecs.ts';
import { addCommands, declaresArguments, type LoadedCommand } from './commands.ts';
import { ConfigErrors, ErrorCollector } from './config-errors.ts';
import type { Contributed, Contributions } from './define.ts';
import { ordersOf, type PhaseOrder, tapAll } from './handler-order.ts';
import { handlersOf, type PluginHandler, releasedEntriesOf } from './handlers.ts';
import { type Kind, kindsOf } from './kinds.ts';
import type { Loaded } from './load.ts';
import { servicesOf } from './order.ts';
import { type CallContext, PluginCalls } from './plugin-calls.ts';
import { PluginSet } from './plugin-set.ts';
import { type Live, type SetupEnvironment, setUp } from './plugin-setup.ts';
import { ServiceRegistry } from './service-registry.ts';
import { mustKeepStore } from './store-identity.ts';
import { errorOf } from './thrown.ts';

/** What a generation is built with. */
export interface GenerationContext extends CallContext, SetupEnvironment {
  /** The keys of the plugins that the config switches off. */
  readonly off: readonly string[];
  /** The services that need no plugin. */
  readonly services: ReadonlyMap<string, unknown>;
  /** A store's accounts as plugins are given them. */
  observed(accounts: Accounts): Accounts;
}

/** A live plugin, as `chatserv plugins` lists it. */
export interface LivePlugin {
  readonly loaded: Loaded;
  readonly hooks: readonly HookName[];
  /** The names of its commands. */
  readonly commands: readonly string[];
  /** The names of its codecs. */
  readonly codecs: readonly string[];
}

const NOTHING: LiveSet = { live: [], services: new Map() };

/** A set of plugins that are live together. It never changes: a reload builds the next one and swaps. */
export class Generation implements KernelGeneration {
  readonly hooks = createHooks();
  readonly codecs = new Map<string, LiveCodec>();
  readonly commands = new Map<string, LoadedCommand>();
  /** The kinds of entries that plugins define. */
  kinds: ReadonlyMap<string, Kind> = new Map();
  readonly services: ServiceRegistry;
  readonly #plugins: PluginSet;
  readonly #calls: PluginCalls;
  readonly #context: GenerationContext;
  /** The generation that this one replaces, until it has. */
  #before: LiveSet;

  private constructor(context: GenerationContext, before: LiveSet) {
    this.#context = context;
    this.#calls = new PluginCalls(context);
    this.services = new ServiceRegistry(context.services);
    this.#plugins = new PluginSet(context);
    this.#before = before;
  }

  /**
   * Sets plugins up in this order.
   * @param before the generation whose unchanged plugins are carried over
   * @throws ConfigErrors with everything that is wrong; then the plugins that were set up are disposed of
   */
  static async build(ordered: readonly Loaded[], context: GenerationContext, before?: Generation): Promise<Generation> {
    const generation = new Generation(context, before ?? NOTHING);
    const errors = new ErrorCollector();
    try {
      // Don't report a missing service whose provider already failed.
      const lost = new Set<string>();
      for (const one of ordered) {
        // Clients are served between two plugins of a reload.
        await turn();
        const { needs, wants, provides } = one.plugin;
        const lacks = servicesOf({ ...wants, ...needs }).some((service) => lost.has(service));
        if (lacks || !(await errors.run(() => generation.#add(one)))) {
          for (const service of servicesOf(provides)) lost.add(service);
        }
      }
      await errors.run(() => generation.#mustKeepStore((service) => !lost.has(service)));
      await errors.run(() => generation.#addCommands());
      await errors.run(() => generation.#addCodecs());
      // A codec that seems to be missing may belong to a plugin that failed.
      if (generation.live.length === ordered.length) await errors.run(() => generation.#checkCodecs());
      await errors.run(() => generation.#addKinds());
      errors.throwIfAny();
      tapAll(generation.hooks, generation.#handlers(), generation.#calls);
      generation.#noticeReleased();
      return generation;
    } catch (cause) {
      await generation.abandon();
      throw cause;
    }
  }

  /** The plugins in the order of set-up. */
  get live(): readonly Live[] {
    return this.#plugins.live;
  }

  get loginDialogue(): LoginDialogue | undefined {
    return this.services.get(LoginDialogue.service) as LoginDialogue | undefined;
  }

  get log(): MessageLog | undefined {
    return this.services.get(MessageLog.service) as MessageLog | undefined;
  }

  get quotes(): Quotes | undefined {
    return this.services.get(Quotes.service) as Quotes | undefined;
  }

  /** @returns undefined where no store has the account @throws when it cannot be read */
  async accountState(id: number): Promise<AccountState | undefined> {
    const accounts = this.services.get(Accounts.service) as Accounts | undefined;
    return accounts && accountStateOf(await accounts.get(id));
  }

  /** The plugins as `chatserv plugins` lists them, in the order of set-up. */
  plugins(): readonly LivePlugin[] {
    return this.live.map(({ loaded, contributions: { hooks = {}, commands = [], codecs = [] } }) => ({
      loaded,
      hooks: Object.keys(hooks) as HookName[],
      commands: commands.map(({ name }) => name),
      codecs: codecs.map(({ name }) => name),
    }));
  }

  /** The order in which the handlers of each hook run. */
  orders(): readonly PhaseOrder[] {
    return ordersOf(this.#handlers());
  }

  #handlers(): PluginHandler[] {
    return this.live.flatMap(({ loaded: { plugin, from }, contributions }) => [
      ...handlersOf(plugin.name, from === 'standard', contributions.hooks),
      ...authenticatorHandlers(plugin, contributions, from === 'standard'),
    ]);
  }

  /** Logs which plugins were written for the last release. */
  #noticeReleased(): void {
    for (const { loaded, contributions } of this.live) {
      const [hook] = releasedEntriesOf(contributions.hooks);
      if (hook !== undefined) this.#calls.noticeHandler(loaded.plugin.name, hook);
      const command = contributions.commands?.find((spec) => !declaresArguments(spec));
      if (command !== undefined) this.#calls.noticeCommand(loaded.plugin.name, command.name);
    }
  }

  /** How it differs from the one before. */
  difference(): Difference {
    return differenceOf(this.#before, this);
  }

  /** Counts a failure in a plugin's timer, socket or unawaited promise. */
  countBackgroundFailure(plugin: string): void {
    this.#calls.countBackgroundFailure(plugin);
  }

  /** Whether a plugin failed so often that it is no longer called. */
  isQuarantined(plugin: string): boolean {
    return this.#calls.isQuarantined(plugin);
  }

  /** Calls `start` of the plugins that were not carried over. @throws ConfigErrors when one fails */
  start(): Promise<void> {
    return this.#plugins.start(this.#before.live);
  }

  /** Calls `stop` of all plugins, the last one set up first. */
  stop(): Promise<void> {
    return this.#plugins.stop();
  }

  /** Disposes of all plugins, the last one set up first. Failures are logged. */
  dispose(): Promise<void> {
    return this.#plugins.dispose();
  }

  /** Gives up a generation that did not become live: disposes of its new plugins; the generation before continues. */
  abandon(): Promise<void> {
    return this.#plugins.abandon(this.#before.live);
  }

  /**
   * Disposes of the plugins that the next generation did not carry over, once no handler of this one runs.
   * @param earlier resolves when the generations before this one have retired, whose plugins it may use
   */
  async retire(next: Generation, earlier: Promise<void>): Promise<void> {
    next.#before = NOTHING;
    await this.#plugins.retire(next.live, () => Promise.all([this.#calls.idle(), earlier]));
  }

  /** Carries an unchanged plugin over from the generation before, and sets any other up. */
  async #add(loaded: Loaded): Promise<void> {
    const old = this.#before.live.find((live) => live.loaded.plugin.name === loaded.plugin.name);
    const { services } = this;
    const checkOwner = this.#checkOwner.bind(this);
    const isUnchanged = old !== undefined && changeOf(old, loaded, this.#before, this) === undefined;
    const live = isUnchanged ? old : await setUp(loaded, this.#context, { services, checkOwner }, old);
    for (const collection of live.collections) checkOwner(collection, live.loaded);
    this.#plugins.add(live);
    for (const [name, token] of Object.entries(loaded.plugin.provides)) {
      const provided = (live.contributions.provide as Record<string, unknown> | undefined)?.[name];
      const isAccounts = token.service === Accounts.service;
      services.provide(
        token,
        isAccounts ? this.#context.observed(provided as Accounts) : provided,
        loaded.from === 'standard',
      );
    }
    // Before a plugin that uses the store is set up: in another store it would write what it knows of this one.
    const provides = servicesOf(loaded.plugin.provides);
    this.#mustKeepStore((service) => provides.includes(service));
  }

  /** @throws ConfigErrors when another plugin has opened the collection */
  #checkOwner(collection: string, { plugin, key }: Loaded): void {
    const owner = this.live.find(({ loaded, collections }) => loaded.plugin !== plugin && collections.has(collection));
    if (owner === undefined) return;
    throw new ConfigErrors([
      `The collection '${collection}' is open in the plugin '${owner.loaded.key}', so the plugin '${key}' cannot open it too: use another name in one of them.`,
    ]);
  }

  #mustKeepStore(provided: (service: string) => boolean): void {
    if (this.#before !== NOTHING) mustKeepStore(this.#before.services, this.services, provided);
  }

  #addCommands(): void {
    const { logger } = this.#context;
    const contributed = this.#contributed(({ commands = [] }) => commands);
    addCommands(this.commands, contributed, this.#calls, this.services.get(Roles.service) as Roles | undefined, logger);
  }

  #addCodecs(): void {
    const { logger, watchdog } = this.#context;
    const contributed = this.#contributed(({ codecs = [] }) => codecs);
    addCodecs(this.codecs, contributed, logger, watchdog);
  }

  /** @throws ConfigErrors when an option names a codec that no plugin contributes */
  #checkCodecs(): void {
    const { place, off } = this.#context;
    const known = [...this.codecs.keys()];
    const errors = this.live.flatMap(({ loaded }) => unknownCodecs(loaded, known, off));
    if (errors.length > 0) throw new ConfigErrors(errors.map((error) => `${place.name}: ${error}`));
  }

  #addKinds(): void {
    const contributed = this.#contributed(({ kinds = [] }) => kinds);
    this.kinds = kindsOf(contributed, (plugin, kind, thrown) => {
      this.#context.logger.error(
        { event: 'plugin-error', plugin, kind, err: errorOf(thrown) },
        `the line of kind '${kind}' of plugin '${plugin}' failed`,
      );
      this.countBackgroundFailure(plugin);
    });
  }

  #contributed<Spec>(specsOf: (contributions: Contributions<Tokens>) => readonly Spec[]): Contributed<Spec>[] {
    return this.live.map(({ loaded, contributions }) => ({
      plugin: loaded.plugin.name,
      specs: specsOf(contributions),
    }));
  }
}

function accountStateOf(account: StoredAccount | undefined): AccountState | undefined {
  return account && { name: account.name, epoch: account.epoch, roles: account.roles, isBot: isBot(account) };
}
