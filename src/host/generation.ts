import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { AccountState } from '../kernel/account.ts';
import type { LiveCodec } from '../kernel/codec.ts';
import type { HookName } from '../kernel/hooks.ts';
import type { KernelGeneration } from '../kernel/kernel.ts';
import { createHooks } from '../kernel/phases.ts';
import { Accounts, type StoredAccount } from '../services/accounts.ts';
import { LoginDialogue } from '../services/login-dialogue.ts';
import { MessageLog } from '../services/message-log.ts';
import type { Change, Difference } from '../services/plugins.ts';
import { Roles } from '../services/roles.ts';
import type { Token, Tokens } from '../services/service.ts';
import { Storage } from '../services/storage.ts';
import { authenticatorHandlers } from './authenticators.ts';
import { isBot } from './bots.ts';
import { codecOptionsOf, unknownCodec } from './codec-option.ts';
import { addCodecs } from './codecs.ts';
import { addCommands, declaresArguments, type LoadedCommand } from './commands.ts';
import type { Contributions, SetupContext } from './define.ts';
import { ordersOf, type PhaseOrder, tapAll } from './handler-order.ts';
import { handlersOf, type PluginHandler, releasedEntriesOf } from './handlers.ts';
import { type Kept, keeper, perSession } from './keep.ts';
import { type Kind, kindsOf } from './kinds.ts';
import type { Lifecycle, Phase } from './lifecycle.ts';
import type { ConfigPlace, Loaded } from './load.ts';
import { errorOf, Findings, Mistakes, messageOf } from './mistakes.ts';
import { servicesOf } from './order.ts';
import { authorsPlace } from './place.ts';
import { type CallSurroundings, PluginCalls } from './plugin-calls.ts';
import { pluginClock } from './plugin-clock.ts';
import type { Server } from './server.ts';
import { contributionMistakes } from './shape.ts';
import { mustKeepStore } from './store-identity.ts';

/** What a generation is set up in. */
export interface Surroundings extends CallSurroundings {
  readonly server: Server;
  readonly lifecycle: Lifecycle;
  /** Told what a plugin throws in a callback of its clock. */
  failedInBackground(plugin: string, thrown: unknown): void;
  readonly place: ConfigPlace;
  /** What the config calls the plugins that are off. */
  readonly off: readonly string[];
  /** The services that are there without a plugin. */
  readonly services: ReadonlyMap<string, unknown>;
  /** A store's accounts as plugins are given them. */
  observed(accounts: Accounts): Accounts;
  /** Whether this process needs what is stored for itself alone. */
  readonly exclusive: boolean;
  /** Whether nothing may be made or changed that outlives this process. */
  readonly dryRun: boolean;
}

/** A plugin that is set up. */
interface Live {
  readonly loaded: Loaded;
  readonly contributions: Contributions<Tokens>;
  readonly leaves: AbortController;
  readonly kept: Map<string, Kept>;
  /** The names of the collections that it has opened. */
  readonly collections: Set<string>;
}

/** What one of several plugins provides of a chained service. */
interface Link {
  readonly provided: unknown;
  readonly standard: boolean;
}

/** A live plugin, for who looks at it. */
export interface LivePlugin {
  readonly loaded: Loaded;
  readonly hooks: readonly HookName[];
  /** The names of its commands. */
  readonly commands: readonly string[];
  /** The names of its codecs. */
  readonly codecs: readonly string[];
}

const NOTHING = { live: [], services: new Map<string, unknown>() };

/** The set of plugins that is live. It never changes: a reload builds the next one and swaps. */
export class Generation implements KernelGeneration {
  readonly hooks = createHooks();
  readonly codecs = new Map<string, LiveCodec>();
  readonly commands = new Map<string, LoadedCommand>();
  /** The kinds of entries that plugins define. */
  kinds: ReadonlyMap<string, Kind> = new Map();
  readonly services: Map<string, unknown>;
  /** In the order of the config, each after those whose services it uses. */
  readonly #live: Live[] = [];
  /** What plugins provide of chained services. */
  readonly #chains = new Map<string, Link[]>();
  readonly #calls: PluginCalls;
  readonly #around: Surroundings;
  /** What is live before this generation is. */
  #before: { readonly live: readonly Live[]; readonly services: ReadonlyMap<string, unknown> };

  private constructor(around: Surroundings, before: Generation | undefined) {
    this.#around = around;
    this.#calls = new PluginCalls(around);
    this.services = new Map(around.services);
    this.#before = before === undefined ? NOTHING : { live: before.#live, services: before.services };
  }

  /**
   * Sets the plugins up in the order given.
   * @param before whose plugins are carried over where nothing of them has changed
   * @throws Mistakes with all that is wrong when one of them cannot be; then those that were set up are disposed of
   */
  static async build(ordered: readonly Loaded[], around: Surroundings, before?: Generation): Promise<Generation> {
    const generation = new Generation(around, before);
    const findings = new Findings();
    try {
      // Of a plugin that lacks a service because another has a mistake nothing is said.
      const lost = new Set<string>();
      for (const one of ordered) {
        const { needs, wants, provides } = one.plugin;
        const lacks = servicesOf({ ...wants, ...needs }).some((service) => lost.has(service));
        if (lacks || !(await findings.tries(() => generation.#add(one)))) {
          for (const service of servicesOf(provides)) lost.add(service);
        }
      }
      await findings.tries(() => generation.#mustKeepStore((service) => !lost.has(service)));
      await findings.tries(() => generation.#addCommands());
      await findings.tries(() => generation.#addCodecs());
      // A codec that nothing contributes may be that of a plugin with another mistake.
      if (generation.#live.length === ordered.length) await findings.tries(() => generation.#checkCodecs());
      await findings.tries(() => generation.#addKinds());
      findings.end();
      tapAll(generation.hooks, generation.#handlers(), generation.#calls);
      generation.#noticeReleased();
      return generation;
    } catch (cause) {
      await generation.abandon();
      throw cause;
    }
  }

  get loginDialogue(): LoginDialogue | undefined {
    return this.services.get(LoginDialogue.service) as LoginDialogue | undefined;
  }

  get log(): MessageLog | undefined {
    return this.services.get(MessageLog.service) as MessageLog | undefined;
  }

  /** @returns undefined where no store has the account @throws when it cannot be read */
  async accountState(id: number): Promise<AccountState | undefined> {
    const accounts = this.services.get(Accounts.service) as Accounts | undefined;
    return accounts && accountStateOf(await accounts.get(id));
  }

  /** The plugins, in the order of set-up. */
  plugins(): readonly LivePlugin[] {
    return this.#live.map(({ loaded, contributions: { hooks = {}, commands = [], codecs = [] } }) => ({
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
    return this.#live.flatMap(({ loaded: { plugin, from }, contributions }) => [
      ...handlersOf(plugin.name, from === 'standard', contributions.hooks),
      ...authenticatorHandlers(plugin, contributions, from === 'standard'),
    ]);
  }

  /** Logs which plugins are written for the last release. */
  #noticeReleased(): void {
    for (const { loaded, contributions } of this.#live) {
      const [hook] = releasedEntriesOf(contributions.hooks);
      if (hook !== undefined) this.#calls.noticeHandler(loaded.plugin.name, hook);
      const command = contributions.commands?.find((spec) => !declaresArguments(spec));
      if (command !== undefined) this.#calls.noticeCommand(loaded.plugin.name, command.name);
    }
  }

  /** How it differs from the one before. */
  difference(): Difference {
    const before = new Map(this.#before.live.map((live) => [live.loaded.plugin.name, live]));
    const difference = {
      added: [] as string[],
      removed: [] as string[],
      changed: [] as { name: string; because: Change }[],
      kept: [] as string[],
    };
    for (const live of this.#live) {
      const { name } = live.loaded.plugin;
      const old = before.get(name);
      before.delete(name);
      if (old === live) difference.kept.push(name);
      else if (old === undefined) difference.added.push(name);
      else difference.changed.push({ name, because: this.#changeOf(old, live.loaded) ?? 'its code' });
    }
    difference.removed.push(...before.keys());
    return difference;
  }

  /** Counts a failure of something that a plugin has set going. */
  countBackgroundFailure(plugin: string): void {
    this.#calls.countBackgroundFailure(plugin);
  }

  /** Whether a plugin failed so often that it is not called any more. */
  isQuarantined(plugin: string): boolean {
    return this.#calls.isQuarantined(plugin);
  }

  /** Lets everything new that meets clients begin. @throws Mistakes when something cannot */
  async start(): Promise<void> {
    for (const { loaded, contributions } of this.#live.filter((live) => !this.#isCarriedOver(live))) {
      try {
        await this.#around.lifecycle.run(loaded.plugin.name, 'start', () => contributions.start?.());
      } catch (cause) {
        throw new Mistakes([`The plugin '${loaded.key}' could not start: ${this.#reasonOf(cause)}`], { cause });
      }
    }
  }

  /** Ends what meets clients. */
  async stop(): Promise<void> {
    for (const { loaded, contributions } of this.#live.toReversed())
      await this.#quietly(loaded, 'stop', contributions.stop);
  }

  /** Ends all plugins, last set up first. A plugin that fails at it is named in the log. */
  async dispose(): Promise<void> {
    for (let live = this.#live.pop(); live !== undefined; live = this.#live.pop()) await this.#end(live, new Set());
  }

  /** Is not made live after all: ends what is new in it, and what was before goes on. */
  async abandon(): Promise<void> {
    const before = this.#before.live;
    const inUse = new Set(before.flatMap(({ kept }) => [...kept.values()]));
    for (let live = this.#live.pop(); live !== undefined; live = this.#live.pop()) {
      if (this.#isCarriedOver(live)) continue;
      const replaced = before.find(({ loaded }) => loaded.plugin.name === live?.loaded.plugin.name);
      // A successor hands back what it had taken over.
      if (replaced === undefined) await this.#quietly(live.loaded, 'stop', live.contributions.stop);
      else await this.#quietly(replaced.loaded, 'start', replaced.contributions.start);
      await this.#end(live, inUse);
    }
  }

  /**
   * Another generation is live: ends what that one has not taken over, once nothing of it runs any more.
   * @param earlier the end of the generations before this one, some of whose plugins it had taken over
   */
  async retire(next: Generation, earlier: Promise<void>): Promise<void> {
    next.#before = NOTHING;
    const leaving = this.#live.filter((live) => !next.#live.includes(live));
    const names = new Set(next.#live.map(({ loaded }) => loaded.plugin.name));
    const inUse = new Set(next.#live.flatMap(({ kept }) => [...kept.values()]));
    for (const { loaded, contributions } of leaving.toReversed()) {
      if (!names.has(loaded.plugin.name)) await this.#quietly(loaded, 'stop', contributions.stop);
    }
    await Promise.all([this.#calls.idle(), earlier]);
    for (const live of leaving.toReversed()) await this.#end(live, inUse);
  }

  #isCarriedOver(live: Live): boolean {
    return this.#before.live.includes(live);
  }

  /** @param inUse what is kept by others yet */
  async #end({ loaded, contributions, leaves, kept }: Live, inUse: ReadonlySet<Kept>): Promise<void> {
    leaves.abort();
    await this.#quietly(loaded, 'dispose', contributions.dispose);
    for (const one of kept.values())
      if (!inUse.has(one)) await this.#quietly(loaded, 'closing what it keeps', one.close);
  }

  #quietly({ plugin }: Loaded, phase: Phase, call: (() => void | Promise<void>) | undefined): Promise<void> {
    return this.#around.lifecycle.runQuietly(plugin.name, phase, call);
  }

  /** Carries a plugin over from the generation before when nothing of it has changed, and sets it up otherwise. */
  async #add(loaded: Loaded): Promise<void> {
    const old = this.#before.live.find((live) => live.loaded.plugin.name === loaded.plugin.name);
    const live = old && this.#changeOf(old, loaded) === undefined ? old : await this.#setUp(loaded, old);
    for (const collection of live.collections) this.#checkOwner(collection, live.loaded);
    this.#live.push(live);
    for (const [name, token] of Object.entries(loaded.plugin.provides)) {
      const provided = (live.contributions.provide as Record<string, unknown> | undefined)?.[name];
      this.#provide(token, provided, loaded);
    }
    // Before anything that uses another store is set up: it would write what it knows of this one there.
    const provides = servicesOf(loaded.plugin.provides);
    this.#mustKeepStore((service) => provides.includes(service));
  }

  #provide(token: Token<unknown>, provided: unknown, { from }: Loaded): void {
    const { service } = token;
    if (!('chained' in token)) {
      const isAccounts = service === Accounts.service;
      this.services.set(service, isAccounts ? this.#around.observed(provided as Accounts) : provided);
      return;
    }
    const links = this.#chains.get(service) ?? [];
    links.push({ provided, standard: from === 'standard' });
    links.sort((a, b) => Number(a.standard) - Number(b.standard));
    this.#chains.set(service, links);
    this.services.set(
      service,
      links.map((link) => link.provided),
    );
  }

  #mustKeepStore(provided: (service: string) => boolean): void {
    if (this.#before !== NOTHING) mustKeepStore(this.#before.services, this.services, provided);
  }

  /** Why a plugin cannot be carried over, if it cannot. */
  #changeOf({ loaded: old }: Live, { plugin, options }: Loaded): Change | undefined {
    if (old.plugin.setup !== plugin.setup) return 'its code';
    if (!isDeepStrictEqual(old.options, options)) return 'its options';
    const { services } = this.#before;
    const uses = servicesOf({ ...plugin.wants, ...plugin.needs });
    return uses.some((service) => !isSameService(this.services.get(service), services.get(service)))
      ? 'a service that it uses'
      : undefined;
  }

  async #setUp(loaded: Loaded, old: Live | undefined): Promise<Live> {
    const { plugin } = loaded;
    const leaves = new AbortController();
    const kept: Live['kept'] = new Map();
    const collections: Live['collections'] = new Set();
    try {
      const { server, logger, clock, place, exclusive, dryRun } = this.#around;
      const services = Object.fromEntries(
        Object.entries({ ...plugin.wants, ...plugin.needs }).map(([name, { service }]) => [
          name,
          service === Storage.service ? this.#storageFor(loaded, collections) : this.services.get(service),
        ]),
      );
      const context = {
        ...services,
        options: loaded.options,
        server,
        logger,
        clock: pluginClock(clock, plugin.name, (thrown) => this.#around.failedInBackground(plugin.name, thrown)),
        signal: leaves.signal,
        exclusive,
        dryRun,
        path: (file: string) => resolve(place.folder, file),
        keep: keeper(kept, old?.kept),
        perSession,
      };
      const contributions = (await this.#callSetUp(loaded, context)) ?? {};
      const wrong = await contributionMistakes(loaded.key, plugin, contributions);
      if (wrong.length > 0) {
        if (typeof contributions.dispose === 'function') await this.#quietly(loaded, 'dispose', contributions.dispose);
        throw new Mistakes(wrong);
      }
      return { loaded, contributions, leaves, kept, collections };
    } catch (cause) {
      leaves.abort();
      for (const [key, one] of kept) {
        if (old?.kept.get(key) !== one) await this.#quietly(loaded, 'closing what it keeps', one.close);
      }
      if (cause instanceof Mistakes) throw cause;
      throw new Mistakes([`The plugin '${loaded.key}' could not be set up: ${this.#reasonOf(cause)}`], { cause });
    }
  }

  /** The storage as one plugin is given it: what it opens is its own. */
  #storageFor(loaded: Loaded, opened: Set<string>): Storage | undefined {
    const storage = this.services.get(Storage.service) as Storage | undefined;
    return (
      storage && {
        open: (name, schema) => {
          this.#checkOwner(name, loaded);
          opened.add(name);
          return storage.open(name, schema);
        },
      }
    );
  }

  /** @throws Mistakes when another plugin has opened the collection */
  #checkOwner(collection: string, { plugin, key }: Loaded): void {
    const owner = this.#live.find(({ loaded, collections }) => loaded.plugin !== plugin && collections.has(collection));
    if (owner === undefined) return;
    throw new Mistakes([
      `The collection '${collection}' is open in the plugin '${owner.loaded.key}', so the plugin '${key}' cannot open it too: use another name in one of them.`,
    ]);
  }

  /** Calls a set-up. What one that was given up brings all the same is disposed of when it comes. */
  async #callSetUp(loaded: Loaded, context: SetupContext<unknown>): Promise<Contributions<Tokens> | undefined> {
    const { plugin } = loaded;
    let work: Promise<Contributions<Tokens> | undefined> | undefined;
    try {
      const call = () => {
        work = Promise.resolve(plugin.setup(context));
        return work;
      };
      return await this.#around.lifecycle.run(plugin.name, 'setup', call, loaded.from === 'standard');
    } catch (cause) {
      const late = work?.then((contributions) => this.#quietly(loaded, 'dispose', contributions?.dispose));
      late?.catch(() => {});
      throw cause;
    }
  }

  /** What was thrown, and where in its author's code. */
  #reasonOf(cause: unknown): string {
    return messageOf(cause) + authorsPlace(cause, this.#around.place.folder);
  }

  #addCodecs(): void {
    const contributed = this.#live.map(({ loaded, contributions: { codecs = [] } }) => ({
      plugin: loaded.plugin.name,
      codecs,
    }));
    addCodecs(this.codecs, contributed, this.#around.logger, this.#around.watchdog);
  }

  /** @throws Mistakes when an option names a codec that no plugin contributes */
  #checkCodecs(): void {
    const { place, off } = this.#around;
    const mistakes = this.#live.flatMap(({ loaded: { key, plugin, options } }) =>
      codecOptionsOf(plugin.options).flatMap((option) => {
        const name = String(Reflect.get(Object(options), option));
        if (this.codecs.has(name)) return [];
        return [`${place.name}: ${unknownCodec(`plugins.${key}.${option}`, name, [...this.codecs.keys()], off)}`];
      }),
    );
    if (mistakes.length > 0) throw new Mistakes(mistakes);
  }

  #addKinds(): void {
    const defined = this.#live.map(({ loaded: { plugin }, contributions: { kinds = [] } }) => ({
      plugin: plugin.name,
      specs: kinds,
    }));
    this.kinds = kindsOf(defined, (plugin, kind, thrown) => {
      this.#around.logger.error(
        { event: 'plugin-error', plugin, kind, err: errorOf(thrown) },
        `the line of kind '${kind}' of plugin '${plugin}' failed`,
      );
      this.countBackgroundFailure(plugin);
    });
  }

  #addCommands(): void {
    const brought = this.#live.map(({ loaded, contributions }) => ({
      plugin: loaded.plugin.name,
      specs: contributions.commands ?? [],
    }));
    const roles = this.services.get(Roles.service) as Roles | undefined;
    addCommands(this.commands, brought, this.#calls, roles, this.#around.logger);
  }
}

/** Whether a service is the same one; of a chained one, whether all its providers are. */
function isSameService(one: unknown, other: unknown): boolean {
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((link, index) => link === other[index]);
}

function accountStateOf(account: StoredAccount | undefined): AccountState | undefined {
  return account && { name: account.name, epoch: account.epoch, roles: account.roles, isBot: isBot(account) };
}
